import { Input } from '@mantine/core'
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { useTranslations } from 'use-intl'

const MOST = 1_000_000

/** The limit that was typed; null if it is none. */
export function parseLimit(text: string): number | null {
  if (!/^\s*\d{1,7}\s*$/.test(text)) return null
  const limit = Number(text)
  return limit >= 1 && limit <= MOST ? limit : null
}

interface LimitFieldProps {
  label: string
  value: number
  /** Id of what says more about it: why it wasn't saved. */
  describedBy: string | undefined
  onSave: (limit: number) => void
}

/** The limit of one type: saved by Enter or by leaving the field, put back by Escape. */
export function LimitField({ label, value, describedBy, onSave }: LimitFieldProps): ReactNode {
  const t = useTranslations('contentTypes')
  /** What is typed but not saved; null while nobody types. */
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
        // its own labels know of no description from elsewhere
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
