import { Input } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { useTranslations } from 'use-intl'

const MOST = 1_000_000

/** The typed limit; null if it is not valid. */
export function parseLimit(text: string): number | null {
  if (!/^\s*\d{1,7}\s*$/.test(text)) return null
  const limit = Number(text)
  return limit >= 1 && limit <= MOST ? limit : null
}

interface LimitFieldProps {
  label: string
  value: number
  /** Id of the element that says why it wasn't saved. */
  describedBy: string | undefined
  onSave: (limit: number) => void
}

/** Limit of one type. Enter or leaving the field saves it, Escape resets it. */
export function LimitField({ label, value, describedBy, onSave }: LimitFieldProps): ReactNode {
  const t = useTranslations('contentTypes')
  /** The unsaved text; null while nobody edits. */
  const [draft, setDraft] = useState<string | null>(null)
  const [isWrong, setWrong] = useState(false)
  const errorId = useId()
  const reset = () => {
    setDraft(null)
    setWrong(false)
  }
  const save = () => {
    if (draft === null) return
    const limit = parseLimit(draft)
    if (limit === null) return setWrong(true)
    reset()
    if (limit !== value) onSave(limit)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') save()
    if (event.key === 'Escape') reset()
  }
  return (
    <div>
      <Input
        // Mantine's own labels know nothing of an outside description
        withAria={false}
        aria-label={label}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? errorId : describedBy}
        error={isWrong}
        inputMode="numeric"
        autoComplete="off"
        size="sm"
        w="100%"
        maw={120}
        value={draft ?? String(value)}
        onChange={({ currentTarget }) => {
          setDraft(currentTarget.value)
          if (parseLimit(currentTarget.value) !== null) setWrong(false)
        }}
        onBlur={save}
        onKeyDown={onKeyDown}
      />
      {isWrong && (
        <Input.Error id={errorId} mt={4}>
          {t('limitInvalid', { most: MOST })}
        </Input.Error>
      )}
    </div>
  )
}
