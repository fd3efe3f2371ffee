import { QueryClient } from '@tanstack/react-query'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createQueryClient } from '../src/app/query-client.ts'
import { ApiError, NoAnswerError } from '../src/api/errors.ts'
import { forgetAnswers } from '../src/offline/forget-answers.ts'
import { keepAnswers, restoreAnswers, write } from '../src/offline/last-known.ts'
import { reach } from '../src/offline/reach.ts'

/** The browser's cache storage, as far as the app uses it. */
class FakeCaches {
  readonly kept = new Map<string, string>()
  open = async () => ({ put: async (key: string, answer: Response) => void this.kept.set(key, await answer.text()) })
  match = async (key: string) => (this.kept.has(key) ? new Response(this.kept.get(key)) : undefined)
  delete = async () => {
    this.kept.clear()
    return true
  }
}

let storage: FakeCaches
beforeEach(() => {
  storage = new FakeCaches()
  vi.stubGlobal('caches', storage)
  reach.regain()
})

const problem = { type: '', title: '', status: 403, detail: '', code: 'role_too_low', request_id: 'req_1', fix: '' }

describe('the last known answers', () => {
  test('come back in another tab, without what is nobody else’s business', async () => {
    vi.useFakeTimers()
    const client = new QueryClient()
    const stop = keepAnswers(client)
    client.setQueryData(['session'], { user: 'Ada' })
    client.setQueryData(['sites'], new Map([['site_1', 'one']]))
    client.setQueryData(['api-keys', 'site_1'], ['igny8_ab…'])
    await vi.advanceTimersByTimeAsync(4_000)
    stop()
    vi.useRealTimers()
    const other = new QueryClient()
    expect(await restoreAnswers(other)).toBe(true)
    expect(other.getQueryData(['sites'])).toEqual(new Map([['site_1', 'one']]))
    expect(other.getQueryData(['session'])).toEqual({ user: 'Ada' })
    expect(other.getQueryData(['api-keys', 'site_1'])).toBeUndefined()
  })

  test('never replace newer ones, and are gone once they are forgotten', async () => {
    storage.kept.set('/last-known', write([{ key: ['sites'], data: ['old'], at: 1 }]))
    const other = new QueryClient()
    other.setQueryData(['sites'], ['new'])
    await restoreAnswers(other)
    expect(other.getQueryData(['sites'])).toEqual(['new'])
    await forgetAnswers()
    expect(await restoreAnswers(new QueryClient())).toBe(false)
  })

  test('of another build are left alone: it may expect other shapes', async () => {
    storage.kept.set('/last-known', write([{ key: ['sites'], data: [], at: 1 }]))
    document.body.insertAdjacentHTML('beforeend', '<script type="module" src="data:text/javascript,newer"></script>')
    expect(await restoreAnswers(new QueryClient())).toBe(false)
    document.body.replaceChildren()
  })

  test('fit into a limit, the newest first, and always with the session', () => {
    const answers = [
      { key: ['item', 'old'], data: 'x'.repeat(500), at: 2 },
      { key: ['item', 'new'], data: 'y'.repeat(500), at: 3 },
      { key: ['session'], data: 'Ada', at: 1 },
    ]
    const kept = (JSON.parse(write(answers, 900)) as { answers: { key: string[] }[] }).answers
    expect(kept.map(({ key }) => key)).toEqual([['session'], ['item', 'new']])
  })
})

describe('reach', () => {
  const ask = async (client: QueryClient, answer: () => Promise<unknown>) =>
    client.fetchQuery({ queryKey: ['x', Math.random()], queryFn: answer }).catch(() => undefined)

  test('is lost when a request gets no answer, and there again with any answer', async () => {
    const client = createQueryClient({ retry: false })
    await ask(client, () => Promise.reject(new NoAnswerError('down')))
    expect(reach.isLost()).toBe(true)
    await ask(client, () => Promise.reject(new ApiError(problem)))
    expect(reach.isLost()).toBe(false)
    await ask(client, () => Promise.reject(new NoAnswerError('down')))
    await ask(client, async () => 1)
    expect(reach.isLost()).toBe(false)
  })
})
