import { useState } from 'react'
import type { Item, ItemUpdate } from '../../api/types.ts'
import { authorChange, authorValue } from './author-value.ts'
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

/** The text being edited, separate from the item, which may change meanwhile. */
export function useDraft(item: Item): Draft {
  const [start, setStart] = useState(item)
  const [values, setValues] = useState(() => valuesOf(item))
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
