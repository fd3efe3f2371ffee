import { onTestFinished, vi } from 'vitest'

export interface LogLine extends Record<string, unknown> {
  message: string
}

/** Collects what the Worker and the objects log until the test ends. */
export function watchLog(): { lines: LogLine[]; of: (message: string) => LogLine[] } {
  const lines: LogLine[] = []
  for (const level of ['info', 'warn', 'error'] as const) {
    const spy = vi.spyOn(console, level).mockImplementation((line: LogLine) => void lines.push(line))
    onTestFinished(() => spy.mockRestore())
  }
  return { lines, of: (message) => lines.filter((line) => line.message === message) }
}
