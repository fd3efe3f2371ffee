import { beforeEach, expect, test, vi } from 'vitest'
import { failingD1 } from '../support/failing-d1.ts'
import { call, PASSWORD } from '../support/identity.ts'

beforeEach(() => {
  for (const level of ['warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(() => undefined)
})

const signUp = (name: string, bindings: Partial<Env> = {}) =>
  call('POST /api/v1/auth/sign-up/email', {
    body: { name: 'Ann', email: `${name}@example.com`, password: PASSWORD },
    bindings,
  })

/** Each sign-up hashes a password. */
const LIMIT_MS = 240_000

test.each(['before', 'after'] as const)(
  'D1 that fails (%s it has done its work) fails no sign-up but with 503, and leaves nobody half made',
  async (when) => {
    const counted = failingD1({ fails: () => false })
    expect((await signUp(`counted-${when}`, counted.bindings)).status).toBe(201)
    for (let lost = 1; lost <= counted.seen.executions; lost++) {
      // so often that trying again does not mend it
      const { bindings } = failingD1({ fails: (execution) => execution >= lost && execution < lost + 3, when })
      const { status } = await signUp(`lost-${when}-${lost}`, bindings)
      expect([lost, [201, 503].includes(status)]).toEqual([lost, true])
      expect([lost, (await signUp(`lost-${when}-${lost}`)).status]).toEqual([lost, status === 201 ? 409 : 201])
    }
  },
  LIMIT_MS,
)
