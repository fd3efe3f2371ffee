import { onTestFinished, vi } from 'vitest'

export interface LogLine extends Record<string, unknown> {
  message: string
}

/** Everything that is logged from now on until the test is over, by the edge and by the objects. */
export function watchLog(): { lines: LogLine[]; of: (message: string) => LogLine[] } {
  const lines: LogLine[] = []
  for (const level of ['info', 'warn', 'error'] as const) {
    const spy = vi.spyOn(console, level).mockImplementation((line: LogLine) => void lines.push(line))
    onTestFinished(() => spy.mockRestore())
  }
  return { lines, of: (message) => lines.filter((line) => line.message === message) }
}
