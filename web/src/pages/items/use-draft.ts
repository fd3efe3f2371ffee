import { useState } from 'react'
import type { Item, ItemUpdate } from '../../api/types.ts'

const FIELDS = ['title', 'slug', 'status', 'excerpt', 'body'] as const
type Field = (typeof FIELDS)[number]
type Values = Record<Field, string>

const valuesOf = ({ title, slug, status, excerpt, body }: Values): Values => ({ title, slug, status, excerpt, body })

interface Draft {
  values: Values
  set: (field: Field) => (event: { currentTarget: { value: string } }) => void
  /** What was changed here, and nothing else: what others change in other fields stays theirs. */
  changes: ItemUpdate
  isDirty: boolean
  /** The item moved on since the editing began. */
  isStale: boolean
  /** The revision that is being edited. */
  revision: number
  /** Drops what was typed, and begins anew from the item as it is now. */
  startOver: () => void
}

/** What is being typed, apart from the item: the item may change under it. */
export function useDraft(item: Item): Draft {
  const [start, setStart] = useState(item)
  const [values, setValues] = useState(() => valuesOf(item))
  const changed = FIELDS.filter((field) => values[field] !== start[field])
  // as long as nothing is typed the form shows what is so now
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
