import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Item, ItemUpdate } from '../../api/types.ts'
import { authorChange, authorValue } from './author-value.ts'
import { keys } from '../../queries/keys.ts'
import { useSession } from '../../queries/session.ts'
import { forgetDraft, keepDraft, readKeptDraft } from '../../queries/kept-draft.ts'
import { fromLocalTime, toLocalTime } from './local-time.ts'
import { SEO_FIELDS, seoChanges, seoValuesOf, type SeoField } from './seo-draft.ts'

const PLAIN = ['title', 'slug', 'status', 'date', 'author', 'excerpt', 'body'] as const
type Plain = (typeof PLAIN)[number]
/** A field of the form, named as the API names it in errors and conflicts. */
export type Field = Plain | SeoField
const FIELDS: readonly Field[] = [...PLAIN, ...SEO_FIELDS]
type Values = Record<Field, string>

const valuesOf = (item: Item): Values => ({
  title: item.title,
  slug: item.slug,
  status: item.status,
  date: toLocalTime(item.date),
  author: authorValue(item.author),
  excerpt: item.excerpt,
  body: item.body,
  ...seoValuesOf(item),
})

function toChange(field: Plain, value: string) {
  if (field === 'author') return [field, authorChange(value)] as const
  return [field, field === 'date' ? fromLocalTime(value) : value] as const
}

/**
 * The date field once another status is chosen: “Published” beside a date to come could mean now or then, so it is
 * emptied, which means now. Any other status shows the item's date again.
 */
function dateFor(status: string, date: string, itemDate: string): string {
  const isToCome = Date.parse(fromLocalTime(date) ?? '') > Date.now()
  if (status === 'publish') return isToCome ? '' : date
  return date === '' ? itemDate : date
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
  /** Discards the draft and starts from the latest version. */
  startOver: () => void
}

/** Keeps the draft if the page closes because the session has ended. Nothing is lost on the way to signing in and back. */
function useKeepWhenSignedOut(
  userId: string | undefined,
  draft: { start: Item; values: Values },
  isDirty: boolean,
): void {
  const client = useQueryClient()
  const latest = useRef({ userId, draft, isDirty })
  useEffect(() => {
    // once signed out, there is no id any more
    latest.current = { userId: userId ?? latest.current.userId, draft, isDirty }
  })
  const itemId = draft.start.id
  useEffect(() => {
    const owner = latest.current.userId
    if (owner !== undefined) forgetDraft(owner, itemId)
    return () => {
      const { userId: author, draft: last, isDirty: isWorthIt } = latest.current
      const isSignedOut = client.getQueryData(keys.session) === null
      if (author !== undefined && isWorthIt && isSignedOut) keepDraft(author, last)
    }
  }, [client, itemId])
}

/** The text being edited, separate from the item, which may change meanwhile. */
export function useDraft(item: Item): Draft {
  const userId = useSession().data?.user.id
  const [kept] = useState(() => readKeptDraft(userId, item.id))
  const [start, setStart] = useState(kept?.start ?? item)
  const [values, setValues] = useState<Values>(() => ({ ...valuesOf(item), ...kept?.values }))
  const before = valuesOf(start)
  const changed = FIELDS.filter((field) => values[field] !== before[field])
  // without changes the form follows the item
  if (start.revision !== item.revision && changed.length === 0) {
    setStart(item)
    setValues(valuesOf(item))
  }
  const change = (field: Field, value: string) => {
    const withDate = (date: string) => (field === 'status' ? { date: dateFor(value, date, before.date) } : {})
    setValues((current) => ({ ...current, [field]: value, ...withDate(current.date) }))
  }
  useKeepWhenSignedOut(userId, { start, values }, changed.length > 0)
  const plain = PLAIN.filter((field) => changed.includes(field))
  return {
    values,
    change,
    set: (field) => (event) => change(field, event.currentTarget.value),
    changes: {
      ...(Object.fromEntries(plain.map((field) => toChange(field, values[field]))) as ItemUpdate),
      ...seoChanges(changed, values),
    },
    isDirty: changed.length > 0,
    isStale: start.revision !== item.revision && changed.length > 0,
    revision: start.revision,
    startOver: () => {
      setStart(item)
      setValues(valuesOf(item))
    },
  }
}
