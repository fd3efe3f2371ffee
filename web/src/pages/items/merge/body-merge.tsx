import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { type ReactNode, Suspense, useId, useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { lazyPart } from '../../../app/lazy-page.tsx'
import type { BlockRow } from '../../../components/diff/align-blocks.ts'
import type { Side } from '../conflict-choice.tsx'
import classes from '../items.module.css'
import { blockOf, isDifferent, mergedBody, rowsOf } from './merge-rows.ts'

const Preview = lazyPart('editor', () => import('../edit/preview.tsx'))
const SIDES: readonly Side[] = ['wordpress', 'igny8']

interface BlockChoiceProps {
  row: BlockRow
  label: string
  value: Side
  isDisabled: boolean
  onChange: (side: Side) => void
}

/** One difference, with the block of each side. */
function BlockChoice({ row, label, value, isDisabled, onChange }: BlockChoiceProps): ReactNode {
  const t = useTranslations('merge')
  const side = useTranslations('items.side')
  const id = useId()
  return (
    <fieldset className={classes.field}>
      <legend>{label}</legend>
      <div className={classes.choices}>
        {SIDES.map((name) => (
          <label key={name} className={classes.choice} htmlFor={`${id}-${name}`}>
            <input
              type="radio"
              id={`${id}-${name}`}
              name={id}
              checked={value === name}
              disabled={isDisabled}
              aria-label={side(name)}
              aria-describedby={`${id}-${name}-text`}
              onChange={() => onChange(name)}
            />
            <span>
              <span className={classes.side}>{side(name)}</span>
              <span className={classes.value} id={`${id}-${name}-text`}>
                {blockOf(row, name) ?? t('leaveOut')}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

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
        <BlockChoice
          key={index}
          row={row}
          label={t('difference', { n: place + 1, count: different.length })}
          value={choices.get(index) ?? 'igny8'}
          isDisabled={isDisabled || isEdited}
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
