import { onTestFinished, vi } from 'vitest'

/** What the Worker waits for by `scheduler.wait` comes at once, until the test ends. */
export function skipPauses(): void {
  const pauses = vi.spyOn(scheduler, 'wait').mockResolvedValue(undefined)
  onTestFinished(() => pauses.mockRestore())
}
