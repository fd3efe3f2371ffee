import { Button, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import { useTranslations } from 'use-intl'
import classes from './onboarding.module.css'

/** Code to copy, with a copy button. Long lines scroll by keyboard too. */
export function CodeBlock({ label, code }: { label: string; code: string }): ReactNode {
  const t = useTranslations('common')
  const id = useId()
  return (
    <Stack gap={6}>
      <Group justify="space-between" align="flex-end" wrap="nowrap">
        <Text size="sm" id={id}>
          {label}
        </Text>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              miw={108}
              style={{ flexShrink: 0 }}
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            >
              <span aria-live="polite">{copied ? t('copied') : t('copy')}</span>
            </Button>
          )}
        </CopyButton>
      </Group>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
      <section className={classes.code} tabIndex={0} aria-labelledby={id}>
        {code}
      </section>
    </Stack>
  )
}
