import { afterAll, vi } from 'vitest'

/** Test files share a process: each of them gives back what it has replaced. */
afterAll(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  vi.useRealTimers()
})
