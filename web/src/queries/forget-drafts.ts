/** Under which drafts are kept on this device (kept-draft.ts). A file of its own, since every page has it. */
export const PREFIX = 'igny8-draft:'

const namesOf = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))

/** Whether anything that somebody typed and did not save is kept on this device. */
export function hasDrafts(): boolean {
  try {
    return namesOf().length > 0
  } catch {
    return false
  }
}

/** Forgets every kept draft, when somebody signs out on purpose: others may use this device. */
export function forgetDrafts(): void {
  try {
    for (const name of namesOf()) localStorage.removeItem(name)
  } catch {
    // where nothing can be read, nothing was kept
  }
}
