const ALIVE_MS = 10_000
const started = Date.now()

/** "3.2 s" or "2 min 5 s" for a duration in milliseconds. */
export function formatDuration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** Milliseconds since this process began. */
export const elapsed = (): number => Date.now() - started

/** Runs one step and prints that it began, every ten seconds that it still runs, and how long it took. */
export async function step<T>(title: string, action: () => Promise<T> | T): Promise<T> {
  const begin = Date.now()
  console.log(`• ${title} …`)
  const alive = setInterval(
    () => console.log(`  still on it: ${title} (${formatDuration(Date.now() - begin)})`),
    ALIVE_MS,
  )
  try {
    const result = await action()
    console.log(`✓ ${title} (${formatDuration(Date.now() - begin)})`)
    return result
  } finally {
    clearInterval(alive)
  }
}
