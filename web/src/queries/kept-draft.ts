/**
 * Drafts are kept on this device as somebody types: the changed fields, and the revision that they began from. A crash,
 * a closed tab, an ended session or a lost network loses nothing. They are in localStorage, which is written before the
 * page can close; on a full device the oldest ones go.
 */

import { PREFIX } from './forget-drafts.ts'

/** Whose draft of which item. */
export interface DraftKey {
  userId: string
  accountId: string
  siteId: string
  itemId: string
}

export interface KeptDraft {
  /** Revision of the item that the person began from. */
  revision: number
  /** Milliseconds since 1970 of the last change. */
  at: number
  /** The changed fields, as the form has them. */
  values: Record<string, string>
}

const MAX_DRAFTS = 20
/** Browsers keep at least 5 million characters of a site. */
const MAX_CHARACTERS = 4_000_000
const KEPT_MS = 30 * 86_400_000

const nameOf = ({ userId, accountId, siteId, itemId }: DraftKey) =>
  `${PREFIX}${[userId, accountId, siteId, itemId].map(encodeURIComponent).join(':')}`

function parseDraft(text: string | null): KeptDraft | null {
  if (text === null) return null
  try {
    const draft = JSON.parse(text) as Partial<KeptDraft> | null
    const { revision, at, values } = draft ?? {}
    if (typeof revision !== 'number' || typeof at !== 'number' || typeof values !== 'object') return null
    const isText = Object.values(values).every((value) => typeof value === 'string')
    return isText && Date.now() - at < KEPT_MS ? { revision, at, values } : null
  } catch {
    return null
  }
}

interface StoredDraft {
  name: string
  at: number
  characters: number
}

/** All drafts of this device, the latest first. Those that can't be read any more are removed. */
function storedDrafts(): StoredDraft[] {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))
  const drafts = names.flatMap((name) => {
    const text = localStorage.getItem(name)
    const draft = parseDraft(text)
    if (draft) return [{ name, at: draft.at, characters: text?.length ?? 0 }]
    localStorage.removeItem(name)
    return []
  })
  return drafts.toSorted((left, right) => right.at - left.at)
}

/** Removes the oldest drafts until another one of this size fits. */
function makeRoom(name: string, characters: number): void {
  let sum = characters
  for (const [index, draft] of storedDrafts()
    .filter((other) => other.name !== name)
    .entries()) {
    sum += draft.characters
    if (index + 1 >= MAX_DRAFTS || sum > MAX_CHARACTERS) localStorage.removeItem(draft.name)
  }
}

/** Keeps a draft. @returns false if the device has no room for it, or does not let the app keep anything */
export function keepDraft(key: DraftKey, draft: KeptDraft): boolean {
  const name = nameOf(key)
  const text = JSON.stringify(draft)
  try {
    if (localStorage.getItem(name) === null || text.length > MAX_CHARACTERS / MAX_DRAFTS) makeRoom(name, text.length)
    localStorage.setItem(name, text)
    return true
  } catch {
    return false
  }
}

/** The draft that was kept of an item, or null. */
export function readKeptDraft(key: DraftKey | null): KeptDraft | null {
  if (key === null) return null
  try {
    return parseDraft(localStorage.getItem(nameOf(key)))
  } catch {
    return null
  }
}

/** Forgets the draft of an item: it was saved or discarded. */
export function forgetDraft(key: DraftKey): void {
  try {
    localStorage.removeItem(nameOf(key))
  } catch {
    // where nothing can be read, nothing was kept
  }
}
