import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Item, ItemUpdate } from '../../api/types.ts'
import { notifyDone, notifyFailure } from '../../components/notify.ts'
import { titleText } from '../../components/title-text.ts'
import { forgetDraft } from '../../queries/kept-draft.ts'
import { useUpdateItem } from '../../queries/items.ts'
import { useDraftKey } from './use-draft.ts'

/** A save of the form. */
export interface Saving {
  error: Error | null
  isPending: boolean
  /** What is being saved by a form that has closed: the page shows it as if it were saved. Null if none has. */
  shown: ItemUpdate | null
  /** Saves. With `closes`, the form closes at once, and is there again as it was if the save is refused. */
  save: (changes: ItemUpdate, options: { closes: boolean; onSaved: (item: Item) => void }) => void
  /** Forgets the error. */
  reset: () => void
}

/**
 * Saves an item as if the API had taken it already. Refused, the form is there again, with what was typed and the reason;
 * somebody who has gone elsewhere meanwhile is told there, and finds the draft kept.
 */
export function useSaving(item: Pick<Item, 'site_id' | 'id' | 'title'>): Saving {
  const t = useTranslations('items')
  const common = useTranslations('common')
  const [isClosing, setClosing] = useState(false)
  const draftKey = useDraftKey(item)
  const isHere = useRef(false)
  useEffect(() => {
    isHere.current = true
    return () => {
      isHere.current = false
    }
  }, [])
  const title = titleText(item.title) || t('untitled')
  const update = useUpdateItem(item.site_id, item.id, {
    onSaved: () => {
      void notifyDone(common('saved'))
      if (!isHere.current && draftKey) forgetDraft(draftKey)
    },
    onRefused: (error) => {
      if (!isHere.current) void notifyFailure(t('edit.notSaved', { title }), error)
    },
  })
  const { error, isPending, variables, mutate, reset } = update
  return {
    error,
    isPending,
    shown: isPending && isClosing ? variables : null,
    save: (changes, { closes, onSaved }) => {
      setClosing(closes)
      mutate(changes, { onSuccess: onSaved })
    },
    reset,
  }
}
