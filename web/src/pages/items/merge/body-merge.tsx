import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { type ReactNode, Suspense, useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { lazyPart } from '../../../app/lazy-page.tsx'
import { ConflictChoice, type Side } from '../conflict-choice.tsx'
import { blockOf, isDifferent, mergedBody, rowsOf } from './merge-rows.ts'

const Preview = lazyPart('editor', () => import('../edit/preview.tsx'))

interface BodyMergeProps {
  wordpress: string
  igny8: string
  /** The result so far. */
  value: string
  isDisabled: boolean
  onChange: (body: string) => void
}

/** Puts a body together block by block; the result is shown as visitors read it, and can be edited before it is kept. */
export default function BodyMerge({ wordpress, igny8, value, isDisabled, onChange }: BodyMergeProps): ReactNode {
  const t = useTranslations('merge')
  const rows = useMemo(() => rowsOf(wordpress, igny8), [wordpress, igny8])
  const [choices, setChoices] = useState<ReadonlyMap<number, Side>>(new Map())
  // once somebody has written in the result, a choice would undo that
  const [isEdited, setEdited] = useState(false)
  const choose = (index: number, side: Side) => {
    const next = new Map(choices).set(index, side)
    setChoices(next)
    if (rows) onChange(mergedBody(rows, next))
  }
  const startOver = () => {
    setEdited(false)
    setChoices(new Map())
    onChange(igny8)
  }
  const different = (rows ?? []).flatMap((row, index) => (isDifferent(row) ? [{ row, index }] : []))
  return (
    <Stack gap="md" data-testid="merge">
      <Text size="sm" c="dimmed">
        {t(rows ? 'text' : 'tooLarge')}
      </Text>
      {different.map(({ row, index }, place) => (
        <ConflictChoice
          key={index}
          name={`body ${place + 1}`}
          label={t('difference', { n: place + 1, count: different.length })}
          value={choices.get(index) ?? 'igny8'}
          isDisabled={isDisabled || isEdited}
          textOf={(side) => blockOf(row, side)?.text ?? t('leaveOut')}
          onChange={(side) => choose(index, side)}
        />
      ))}
      <Textarea
        label={t('result')}
        description={t('resultHelp')}
        value={value}
        disabled={isDisabled}
        rows={10}
        resize="vertical"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        onChange={({ currentTarget }) => {
          setEdited(true)
          onChange(currentTarget.value)
        }}
      />
      {isEdited && (
        <Group gap="sm">
          <Text size="sm">{t('edited')}</Text>
          <Button size="xs" variant="default" onClick={startOver}>
            {t('startOver')}
          </Button>
        </Group>
      )}
      <Suspense>
        <Preview title="" body={value} label={t('preview')} />
      </Suspense>
    </Stack>
  )
}
