import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Item, ItemUpdate } from '../../api/types.ts'
import { type DraftKey, forgetDraft, keepDraft, type KeptDraft, readKeptDraft } from '../../queries/kept-draft.ts'
import { useSession } from '../../queries/session.ts'
import { changedFields, changesOf, dateFor, type Field, knownValues, type Values, valuesOf } from './draft-fields.ts'

export type { Field } from './draft-fields.ts'

const KEEP_AFTER_MS = 400

/** Under which an item's draft of this person is kept; null while the person is not known. */
export function useDraftKey({ site_id: siteId, id: itemId }: Pick<Item, 'site_id' | 'id'>): DraftKey | null {
  const session = useSession().data
  const userId = session?.user.id
  const accountId = session?.account.id
  return useMemo(
    () => (userId === undefined || accountId === undefined ? null : { userId, accountId, siteId, itemId }),
    [userId, accountId, siteId, itemId],
  )
}

export interface Draft {
  values: Values
  change: (field: Field, value: string) => void
  set: (field: Field) => (event: { currentTarget: { value: string } }) => void
  /** Only the fields changed here, so that changes of others in other fields stay. */
  changes: ItemUpdate
  isDirty: boolean
  /** Whether the item has a newer revision than the edited one. */
  isStale: boolean
  /** The revision being edited. */
  revision: number
  /** When the draft was typed that this form began with; null if it began with the item. */
  restoredAt: number | null
  /** Whether the changes are kept on this device: false if it has no room. Null without changes. */
  isKept: boolean | null
  /** Discards the draft and starts from the latest version. */
  startOver: () => void
  /** Continues from what was saved. What was typed since it was sent stays a change. */
  saved: (item: Item, sent: Values) => void
  /** Forgets what is kept of the draft: it is not wanted. */
  forget: () => void
}

/**
 * Keeps the changes on this device shortly after each of them, and at once when the page is hidden or closed. Forgets
 * them when there are none any more.
 */
function useKeeping(key: DraftKey | null, draft: KeptDraft | null): { isKept: boolean | null; forget: () => void } {
  const [isKept, setKept] = useState<boolean | null>(null)
  // once signed out, there is no key any more
  const owner = useRef(key)
  const pending = useRef<KeptDraft | null>(null)
  const flush = useRef(() => {
    if (pending.current && owner.current) setKept(keepDraft(owner.current, { ...pending.current, at: Date.now() }))
    pending.current = null
  })
  useEffect(() => {
    owner.current = key ?? owner.current
  }, [key])
  const text = draft && JSON.stringify([draft.revision, draft.values])
  useEffect(() => {
    if (text === null) {
      pending.current = null
      if (owner.current) forgetDraft(owner.current)
      return undefined
    }
    const [revision, values] = JSON.parse(text) as [number, Record<string, string>]
    pending.current = { revision, values, at: 0 }
    const timer = setTimeout(flush.current, KEEP_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text])
  useEffect(() => {
    const keepNow = flush.current
    window.addEventListener('pagehide', keepNow)
    document.addEventListener('visibilitychange', keepNow)
    return () => {
      keepNow()
      window.removeEventListener('pagehide', keepNow)
      document.removeEventListener('visibilitychange', keepNow)
    }
  }, [])
  const forget = () => {
    pending.current = null
    if (owner.current) forgetDraft(owner.current)
  }
  return { isKept: text === null ? null : isKept, forget }
}

interface Start {
  revision: number
  values: Values
}

const startOf = (item: Item): Start => ({ revision: item.revision, values: valuesOf(item) })

/** The text being edited, separate from the item, which may change meanwhile. */
export function useDraft(item: Item): Draft {
  const key = useDraftKey(item)
  const [kept, setRestored] = useState(() => readKeptDraft(key))
  // of what was kept, whatever differs from the latest version is a change
  const [start, setStart] = useState<Start>(() => ({ ...startOf(item), ...(kept && { revision: kept.revision }) }))
  const [values, setValues] = useState<Values>(
    () => ({ ...valuesOf(item), ...knownValues(kept?.values ?? {}) }) as Values,
  )
  const changed = changedFields(start.values, values)
  const isDirty = changed.length > 0
  // without changes the form follows the item
  if (start.revision !== item.revision && !isDirty) {
    setStart(startOf(item))
    setValues(valuesOf(item))
  }
  const itemDate = start.values.date
  const change = useCallback(
    (field: Field, value: string) => {
      const withDate = (date: string) => (field === 'status' ? { date: dateFor(value, date, itemDate) } : {})
      setValues((current) => ({ ...current, [field]: value, ...withDate(current.date) }))
    },
    [itemDate],
  )
  const changedValues = Object.fromEntries(changed.map((field) => [field, values[field] ?? '']))
  const { isKept, forget } = useKeeping(
    key,
    isDirty ? { revision: start.revision, at: 0, values: changedValues } : null,
  )
  return {
    values,
    change,
    set: (field) => (event) => change(field, event.currentTarget.value),
    changes: changesOf(changed, values),
    isDirty,
    isStale: start.revision !== item.revision && isDirty,
    revision: start.revision,
    restoredAt: isDirty ? (kept?.at ?? null) : null,
    isKept,
    startOver: () => {
      setRestored(null)
      setStart(startOf(item))
      setValues(valuesOf(item))
    },
    saved: (next, sent) => {
      setRestored(null)
      setStart(startOf(next))
      setValues((current) => {
        const typed = changedFields(sent, current).map((field) => [field, current[field]])
        return { ...valuesOf(next), ...Object.fromEntries(typed) } as Values
      })
      // the form may close before its next effect
      if (changedFields(sent, values).length === 0) forget()
    },
    forget,
  }
}
