/** Where the last answers are kept (last-known.ts). */
export const ANSWERS = 'igny8-answers'

/** Forgets the kept answers. */
export async function forgetAnswers(): Promise<void> {
  if ('caches' in window) await caches.delete(ANSWERS)
}
