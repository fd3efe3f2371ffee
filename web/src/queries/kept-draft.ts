import type { Item } from '../api/types.ts'

/** A draft that outlives the page while its author signs in again. Only in this tab, and only for this person. */
export interface KeptDraft {
  start: Item
  values: Record<string, string>
}

const keyOf = (userId: string, itemId: string) => `igny8-draft:${userId}:${itemId}`

/** Keeps a draft until it is taken. A full or forbidden storage loses it, as before. */
export function keepDraft(userId: string, draft: KeptDraft): void {
  try {
    sessionStorage.setItem(keyOf(userId, draft.start.id), JSON.stringify(draft))
  } catch {
    // nothing else can be done: the page is about to close
  }
}

/** The draft that was kept for an item, or null. */
export function readKeptDraft(userId: string | undefined, itemId: string): KeptDraft | null {
  if (userId === undefined) return null
  const kept = sessionStorage.getItem(keyOf(userId, itemId))
  return kept === null ? null : (JSON.parse(kept) as KeptDraft)
}

/** Forgets what was kept for an item: it is on the page again. */
export const forgetDraft = (userId: string, itemId: string): void => sessionStorage.removeItem(keyOf(userId, itemId))

/** Forgets every kept draft, when somebody signs out on purpose. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith('igny8-draft:')) sessionStorage.removeItem(key)
}
