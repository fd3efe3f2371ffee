/** Under which drafts are kept on this device (kept-draft.ts). A file of its own, since every page has it. */
export const PREFIX = 'igny8-draft:'

/** Forgets every kept draft, when somebody signs out on purpose: others may use this device. */
export function forgetDrafts(): void {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name)
  } catch {
    // where nothing can be read, nothing was kept
  }
}
