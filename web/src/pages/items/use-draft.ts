import { useState } from 'react'
import type { Item, ItemUpdate } from '../../api/types.ts'

const FIELDS = ['title', 'slug', 'status', 'excerpt', 'body'] as const
type Field = (typeof FIELDS)[number]
type Values = Record<Field, string>

const valuesOf = ({ title, slug, status, excerpt, body }: Values): Values => ({ title, slug, status, excerpt, body })

interface Draft {
  values: Values
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
  const changed = FIELDS.filter((field) => values[field] !== start[field])
  // without changes the form follows the item
  if (start.revision !== item.revision && changed.length === 0) {
    setStart(item)
    setValues(valuesOf(item))
  }
  return {
    values,
    set: (field) => (event) => {
      const { value } = event.currentTarget
      setValues((before) => ({ ...before, [field]: value }))
    },
    changes: Object.fromEntries(changed.map((field) => [field, values[field]])) as ItemUpdate,
    isDirty: changed.length > 0,
    isStale: start.revision !== item.revision && changed.length > 0,
    revision: start.revision,
    startOver: () => {
      setStart(item)
      setValues(valuesOf(item))
    },
  }
}
