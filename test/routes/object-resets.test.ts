import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { connectWordPress, playWordPress, type ContentSite } from '../support/content.ts'
import { call, refusal } from '../support/openapi.ts'

let site: ContentSite
beforeAll(async () => {
  playWordPress()
  site = await connectWordPress()
})

type Flags = { retryable?: boolean; overloaded?: boolean }

/** Objects that fail this often with the platform's errors, before or after they ran the call. */
function failingObjects(times: number, flags: Flags, when: 'before' | 'after' = 'before') {
  const seen = { calls: 0, stubs: 0 }
  const getByName = (name: string) => {
    seen.stubs++
    const stub = env.SITE_SYNC.getByName(name)
    return new Proxy(stub, {
      get:
        (target, method) =>
        async (...args: unknown[]) => {
          const fails = seen.calls++ < times
          const run = Reflect.get(target, method) as (...args: unknown[]) => Promise<unknown>
          if (!fails || when === 'after') {
            const answer = await Reflect.apply(run, target, args)
            if (!fails) return answer
          }
          throw Object.assign(new Error('Durable Object reset because its code was updated.'), flags)
        },
    })
  }
  return { seen, bindings: { SITE_SYNC: { getByName } as unknown as Env['SITE_SYNC'] } }
}

const sync = (bindings: Partial<Env>) =>
  call(`POST ${site.path}/sync/`, { token: site.owner.token, body: { direction: 'metadata' }, bindings })

describe('an object that is reset under a request, as by a deployment,', () => {
  test.each(['before', 'after'] as const)('T48 %s it has done its part, is asked again by a new stub', async (when) => {
    const { bindings, seen } = failingObjects(2, { retryable: true }, when)
    const answer = await sync(bindings)
    expect([answer.status, seen]).toEqual([202, { calls: 3, stubs: 3 }])
  })

  test('again and again is 503 with a time to come back', async () => {
    const answer = await sync(failingObjects(9, { retryable: true }).bindings)
    expect(refusal(answer)).toEqual([503, 'unavailable'])
    expect(answer.headers.get('retry-after')).toBe('1')
  })

  test('is not asked again for what it might do twice', async () => {
    const { bindings, seen } = failingObjects(1, { retryable: true }, 'after')
    const list = async () => (await call(`GET ${site.content}/`, { token: site.key })).body.results.length
    const before = await list()
    const answer = await call(`POST ${site.content}/`, { token: site.key, body: { title: 'Once', body: '' }, bindings })
    expect([refusal(answer), seen.calls]).toEqual([[503, 'unavailable'], 1])
    expect(await list()).toBe(before + 1)
  })

  test.each(['before', 'after'] as const)(
    'makes an item once, if the request is repeated with its key (%s)',
    async (when) => {
      const { bindings } = failingObjects(1, { retryable: true }, when)
      const title = `Repeated ${when}`
      const send = (more: object) =>
        call(`POST ${site.content}/`, {
          token: site.key,
          headers: { 'idempotency-key': `repeated-${when}` },
          body: { title, body: '' },
          ...more,
        })
      expect(refusal(await send({ bindings }))).toEqual([503, 'unavailable'])
      const made = await send({})
      expect(made.status).toBe(201)
      const { results } = (await call(`GET ${site.content}/?q=${encodeURIComponent(title)}`, { token: site.key })).body
      expect(results.map(({ id }: { id: string }) => id)).toEqual([made.body.id])
    },
  )

  test('and is overloaded is left alone', async () => {
    const { bindings, seen } = failingObjects(1, { retryable: true, overloaded: true })
    expect([refusal(await sync(bindings)), seen.calls]).toEqual([[503, 'unavailable'], 1])
  })

  test('for a fault of ours is a plain 500', async () => {
    const { bindings, seen } = failingObjects(1, {})
    expect([refusal(await sync(bindings)), seen.calls]).toEqual([[500, 'internal_error'], 1])
  })
})
