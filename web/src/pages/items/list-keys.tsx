import { useEffect, useEffectEvent } from 'react'
import { useLocation } from 'wouter'

/** What the keys of the list do. Rows are found by `data-item`; the link in a row has the focus. */
interface ListKeysProps {
  select: (id: string) => void
  extend: (from: string | null, to: string) => void
  clear: () => void
  help: () => void
}

const WRITES =
  'input:not([type="checkbox"]), textarea, select, [contenteditable="true"], [role="textbox"], [role="menu"]'

/** Whether somebody types, or a menu or dialog is open: then keys are letters. */
const isBusy = (target: EventTarget | null): boolean =>
  (target instanceof Element && target.closest(WRITES) !== null) ||
  document.querySelector('[aria-modal="true"]') !== null

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-item]')]
const idOf = (row: HTMLElement | undefined): string | null => row?.dataset['item'] ?? null

function focusedRow(): number {
  const row = document.activeElement?.closest<HTMLElement>('[data-item]')
  return row ? rows().indexOf(row) : -1
}

/** Moves the focus to the link of another row. @returns the rows before and after */
function move(step: 1 | -1): [from: string | null, to: string | null] {
  const all = rows()
  const at = focusedRow()
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step]
  next?.querySelector<HTMLElement>('a')?.focus()
  next?.scrollIntoView({ block: 'nearest' })
  return [idOf(all[at]), idOf(next)]
}

const current = () => rows()[focusedRow()]

/** j, k, x, e, / and ?, while nobody types. It shows nothing; a part, so that it is loaded after the list. */
export default function ListKeys(keys: ListKeysProps): null {
  const [, navigate] = useLocation()
  const extend = (step: 1 | -1) => {
    const [from, to] = move(step)
    if (to !== null) keys.extend(from, to)
  }
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return
    const actions: Record<string, () => void> = {
      j: () => void move(1),
      k: () => void move(-1),
      J: () => extend(1),
      K: () => extend(-1),
      x: () => {
        const id = idOf(current())
        if (id !== null) keys.select(id)
      },
      e: () => {
        const link = current()?.querySelector('a')
        if (link) navigate(link.pathname, { state: { isEditing: true } })
      },
      '/': () => document.querySelector<HTMLInputElement>('search input[type="search"]')?.focus(),
      '?': keys.help,
      Escape: keys.clear,
    }
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined
    if (!action) return
    // "/" would also be typed into the field that gets the focus
    if (event.key !== 'Escape') event.preventDefault()
    action()
  })
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return null
}
