import { Box, Stack, TextInput, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors, isCode } from '../../api/errors.ts'
import type { Item } from '../../api/types.ts'
import { useLeaveGuard } from '../../components/use-leave-guard.ts'
import { BodyField } from './edit/body-field.tsx'
import classes from './edit/edit.module.css'
import './edit/mantine.css'
import { RestoredNotice } from './edit/restored-notice.tsx'
import { SaveBar } from './edit/save-bar.tsx'
import { SidePanel } from './edit/side-panel.tsx'
import { useFieldLabel } from './field-label.ts'
import { StaleEditNotice } from './stale-edit-notice.tsx'
import { type Draft, useDraft } from './use-draft.ts'
import type { Saving } from './use-saving.ts'

interface EditFormProps {
  item: Item
  saving: Saving
  onClose: () => void
}

/** Calls a function on ⌘S or Ctrl+S, in place of the browser's own dialog. */
function useSaveKey(save: () => void): void {
  const latest = useRef(save)
  useEffect(() => {
    latest.current = save
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 's') return
      event.preventDefault()
      latest.current()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}

function Text({ draft, item, errors }: { draft: Draft; item: Item; errors: Record<string, string> }): ReactNode {
  const fieldLabel = useFieldLabel()
  return (
    <Stack>
      <TextInput
        className={classes.title}
        label={fieldLabel('title')}
        value={draft.values.title}
        onChange={draft.set('title')}
        error={errors['title']}
      />
      <BodyField draft={draft} item={item} error={errors['body']} />
    </Stack>
  )
}

/**
 * Where an item is written: its title and text, and everything else beside it. What is typed is kept on this device until
 * it is saved, and a newer version of the item is never overwritten unseen.
 */
export default function EditForm({ item, saving, onClose }: EditFormProps): ReactNode {
  const t = useTranslations('items.edit')
  const draft = useDraft(item)
  const heading = useRef<HTMLHeadingElement>(null)
  // what is kept on this device is there again when somebody comes back, so only the rest is asked about
  useLeaveGuard(draft.isDirty && draft.isKept === false, t('leave'))
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  const save = (revision: number, closes: boolean) => {
    const sent = draft.values
    const onSaved = (saved: Item) => {
      draft.saved(saved, sent)
      if (closes) onClose()
    }
    saving.save({ ...draft.changes, if_revision: revision }, { closes, onSaved })
  }
  useSaveKey(() => {
    if (draft.isDirty && !draft.isStale && !saving.isPending) save(draft.revision, false)
  })
  const cancel = () => {
    if (draft.isDirty && !window.confirm(t('leave'))) return
    draft.forget()
    onClose()
  }
  const takeTheirs = () => {
    saving.reset()
    draft.startOver()
  }
  const isRefused = isCode(saving.error, 'conflict')
  const errors = fieldErrors(saving.error)
  return (
    <Box className="panel" p="lg" component="section" aria-labelledby="edit-heading">
      <Stack>
        <Title order={2} size="h3" id="edit-heading" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
          {t('title')}
        </Title>
        {draft.restoredAt !== null && <RestoredNotice at={draft.restoredAt} onDiscard={draft.startOver} />}
        {draft.isStale && (
          <StaleEditNotice
            item={item}
            changes={draft.changes}
            isRefused={isRefused}
            isSaving={saving.isPending}
            onKeepMine={() => save(item.revision, true)}
            onTakeTheirs={takeTheirs}
          />
        )}
        <div className={classes.columns}>
          <Text draft={draft} item={item} errors={errors} />
          <SidePanel draft={draft} item={item} errors={errors} />
        </div>
      </Stack>
      <SaveBar
        draft={draft}
        error={isRefused ? null : saving.error}
        isSaving={saving.isPending}
        onCancel={cancel}
        onSave={() => save(draft.revision, true)}
      />
    </Box>
  )
}
