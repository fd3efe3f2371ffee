import { Checkbox, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import classes from './connect.module.css'
import type { Ask } from './read-ask.ts'

type Choices = Record<string, boolean>

interface TypeChoicesProps {
  types: Ask['types']
  /** Where the person decided otherwise than the plugin suggests. */
  choices: Choices
  onChoose: (choices: Choices) => void
}

const isOn = (choices: Choices, { slug, enabled }: Ask['types'][number]) => choices[slug] ?? enabled

/** What would be imported, type by type, and one sentence that says it all. */
export function TypeChoices({ types, choices, onChoose }: TypeChoicesProps): ReactNode {
  const t = useTranslations('connect')
  const format = useFormatter()
  const shown = types.filter(({ count, enabled }) => count > 0 || enabled)
  if (shown.length === 0)
    return (
      <Stack gap={4}>
        <Text fw={600}>{t('summaryAll')}</Text>
        <Text size="sm" c="dimmed">
          {t('importsAll')}
        </Text>
      </Stack>
    )
  const chosen = shown.filter((type) => isOn(choices, type) && type.count > 0)
  const list = format.list(chosen.map(({ count, label }) => t('part', { count, label })))
  return (
    <Stack gap="sm">
      <Checkbox.Group
        label={t('imports')}
        description={t('importsHint')}
        value={shown.filter((type) => isOn(choices, type)).map(({ slug }) => slug)}
        onChange={(on) =>
          onChoose(
            Object.fromEntries(
              shown.flatMap(({ slug, enabled }) => (on.includes(slug) === enabled ? [] : [[slug, !enabled]])),
            ),
          )
        }
      >
        <div className={classes.types} style={{ marginTop: 12 }}>
          {shown.map(({ slug, label, count }) => (
            <Checkbox key={slug} value={slug} label={t('type', { label, count })} />
          ))}
        </div>
      </Checkbox.Group>
      <Text fw={600} aria-live="polite" data-testid="import-summary">
        {chosen.length === 0 ? t('summaryNone') : t('summary', { list })}
      </Text>
    </Stack>
  )
}
