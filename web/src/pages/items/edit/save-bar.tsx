import { Button, Group, Kbd, Text } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../../api/errors.ts'
import { ErrorState } from '../../../components/states.tsx'
import type { Draft } from '../use-draft.ts'
import classes from './edit.module.css'

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

const useIsOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine)

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** What becomes of what was typed: kept on this device until it is saved. */
function DraftState({ draft }: { draft: Draft }): ReactNode {
  const t = useTranslations('editor.state')
  const items = useTranslations('items.edit')
  const isOnline = useIsOnline()
  if (!isOnline) return t('offline')
  if (draft.isDirty) return t(draft.isKept === false ? 'notKept' : 'kept')
  return <span className={classes.hint}>{items('hint')}</span>
}

interface SaveBarProps {
  draft: Draft
  /** Why the last save failed. */
  error: unknown
  isSaving: boolean
  onCancel: () => void
  onSave: () => void
}

/**
 * The bar that stays at the bottom of the window: what is saved, and the buttons. A failed save is shown here, where the
 * eye is, and focus moves there, or to the field that the API refuses.
 */
export function SaveBar({ draft, error, isSaving, onCancel, onSave }: SaveBarProps): ReactNode {
  const common = useTranslations('common')
  const t = useTranslations('editor.state')
  const trouble = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!error) return
    const form = trouble.current?.closest('section')
    const field =
      Object.keys(fieldErrors(error)).length > 0 && form?.querySelector<HTMLElement>('[aria-invalid="true"]')
    const target = field || trouble.current
    target?.focus()
    target?.scrollIntoView({ block: field ? 'center' : 'nearest' })
  }, [error])
  return (
    <div className={classes.bar}>
      {Boolean(error) && (
        <div ref={trouble} tabIndex={-1} className={classes.trouble}>
          <ErrorState error={error} />
        </div>
      )}
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" flex="1 1 180px" component="output">
          <DraftState draft={draft} />
        </Text>
        <Group gap="sm" wrap="nowrap">
          <Text size="xs" c="dimmed" visibleFrom="sm">
            <Kbd size="xs">{isApple ? '⌘' : t('ctrl')}</Kbd> <Kbd size="xs">S</Kbd>
          </Text>
          <Button variant="default" onClick={onCancel}>
            {common('cancel')}
          </Button>
          <Button disabled={!draft.isDirty || draft.isStale} loading={isSaving} onClick={onSave}>
            {common('save')}
          </Button>
        </Group>
      </Group>
    </div>
  )
}
