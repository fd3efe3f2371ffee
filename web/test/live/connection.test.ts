import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from '../../src/api/errors.ts'
import type { LiveMessage } from '../../src/api/types.ts'
import { backoff } from '../../src/live/backoff.ts'
import { LiveConnection } from '../../src/live/connection.ts'
import type { LiveStatus } from '../../src/live/status.ts'
import { problem } from '../support/fake-api.ts'
import { FakeSocket, fakeSockets } from '../support/fake-socket.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

let states: LiveStatus[]
let messages: LiveMessage[]
let refusal: ApiError | null
let connection: LiveConnection

const kind = () => states.at(-1)?.kind
const setVisible = (isVisible: boolean) => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(isVisible ? 'visible' : 'hidden')
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
  fakeSockets()
  states = []
  messages = []
  refusal = null
  connection = new LiveConnection({
    url: () => 'ws://app.test/live',
    onStatus: (status) => states.push(status),
    onMessage: (message) => messages.push(message),
    whyRefused: async () => refusal,
  })
  connection.start()
})

afterEach(() => {
  connection.close()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('it is live after `ready`, and passes messages on', () => {
  expect(kind()).toBe('connecting')
  FakeSocket.last.accept()
  expect(kind()).toBe('live')
  FakeSocket.last.tell({ type: 'items', ids: ['item_1'], more: false })
  FakeSocket.last.say('not json')
  FakeSocket.last.say('pong')
  expect(messages.map(({ type }) => type)).toEqual(['ready', 'items'])
})

test('after a loss it shows so at once and reconnects with pauses doubling up to 30 s', async () => {
  FakeSocket.last.accept()
  FakeSocket.last.drop()
  expect(kind()).toBe('reconnecting')
  for (const pause of [1, 2, 4, 8, 16, 30, 30]) {
    const tried = FakeSocket.all.length
    await vi.advanceTimersByTimeAsync(pause * SECOND - 1)
    expect(FakeSocket.all).toHaveLength(tried)
    await vi.advanceTimersByTimeAsync(1)
    expect(FakeSocket.all).toHaveLength(tried + 1)
    FakeSocket.last.drop()
  }
  await vi.advanceTimersByTimeAsync(30 * SECOND)
  FakeSocket.last.accept()
  expect(kind()).toBe('live')
})

test('pauses have jitter and are at least half of their maximum', () => {
  expect(backoff(3, 0)).toBe(4 * SECOND)
  expect(backoff(3, 1)).toBe(8 * SECOND)
  expect(backoff(40, 1)).toBe(30 * SECOND)
})

test('a stable connection resets the pause, one that broke at once does not', async () => {
  FakeSocket.last.drop()
  await vi.advanceTimersByTimeAsync(SECOND)
  FakeSocket.last.accept()
  FakeSocket.last.drop()
  await vi.advanceTimersByTimeAsync(SECOND)
  expect(FakeSocket.all).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(SECOND)
  expect(FakeSocket.all).toHaveLength(3)
  FakeSocket.last.accept()
  await vi.advanceTimersByTimeAsync(10 * SECOND)
  FakeSocket.last.drop()
  await vi.advanceTimersByTimeAsync(SECOND)
  expect(FakeSocket.all).toHaveLength(4)
})

test('it reconnects at once when the network is back, the page becomes visible, or on retryNow', async () => {
  FakeSocket.last.accept()
  window.dispatchEvent(new Event('offline'))
  expect(kind()).toBe('reconnecting')
  for (const wake of [
    () => window.dispatchEvent(new Event('online')),
    () => setVisible(true),
    () => connection.retryNow(),
  ]) {
    const tried = FakeSocket.all.length
    wake()
    expect(FakeSocket.all).toHaveLength(tried + 1)
    FakeSocket.last.drop()
    await vi.advanceTimersByTimeAsync(0)
  }
})

test('a server that does not answer a ping counts as lost', async () => {
  FakeSocket.last.accept()
  await vi.advanceTimersByTimeAsync(25 * SECOND)
  expect(FakeSocket.last.sent).toEqual(['ping'])
  await vi.advanceTimersByTimeAsync(24 * SECOND)
  expect(kind()).toBe('live')
  FakeSocket.answersPings = false
  await vi.advanceTimersByTimeAsync(9 * SECOND)
  expect(kind()).toBe('reconnecting')
  expect(FakeSocket.last.isClosedByPage).toBe(true)
})

test('a connection that never gets `ready` is closed and retried', async () => {
  await vi.advanceTimersByTimeAsync(10 * SECOND)
  expect(kind()).toBe('reconnecting')
  expect(FakeSocket.last.isClosedByPage).toBe(true)
})

test('messages of a replaced connection are ignored', async () => {
  const [first] = FakeSocket.all
  await vi.advanceTimersByTimeAsync(11 * SECOND)
  first?.accept()
  expect(kind()).toBe('reconnecting')
  expect(messages).toEqual([])
})

test('a final refusal is shown with its reason and not retried', async () => {
  refusal = new ApiError(problem(404, 'integration_not_found', 'It is gone.').body)
  FakeSocket.last.drop()
  await vi.advanceTimersByTimeAsync(0)
  expect(states.at(-1)).toEqual({ kind: 'ended', end: { detail: 'It is gone.', problem: refusal.problem } })
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  connection.retryNow()
  setVisible(true)
  expect(FakeSocket.all).toHaveLength(1)
})

test('a final `bye` ends it, also by close code alone', async () => {
  FakeSocket.last.accept()
  FakeSocket.last.tell({ type: 'bye', code: 'integration_deleted', detail: 'The integration was deleted.' })
  FakeSocket.last.drop(4004)
  expect(states.at(-1)).toEqual({ kind: 'ended', end: { detail: 'The integration was deleted.', problem: null } })
  const other = new LiveConnection({
    url: () => 'ws://app.test/live',
    onStatus: (status) => states.push(status),
    onMessage: () => undefined,
    whyRefused: async () => null,
  })
  other.start()
  FakeSocket.last.accept()
  FakeSocket.last.drop(4003)
  expect(kind()).toBe('ended')
  setVisible(true)
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  other.close()
  expect(FakeSocket.all).toHaveLength(2)
})

test('`reauthorize` reconnects silently, unless it repeats', async () => {
  FakeSocket.last.accept()
  FakeSocket.last.tell({ type: 'bye', code: 'reauthorize', detail: 'Connect again.' })
  FakeSocket.last.drop(4001)
  expect(FakeSocket.all).toHaveLength(2)
  expect(kind()).toBe('live')
  FakeSocket.last.accept()
  FakeSocket.last.drop(4001)
  expect(FakeSocket.all).toHaveLength(2)
  expect(kind()).toBe('reconnecting')
})

test('after `unavailable` it reconnects after a pause', async () => {
  FakeSocket.last.accept()
  FakeSocket.last.tell({ type: 'bye', code: 'unavailable', detail: 'In a moment.' })
  FakeSocket.last.drop(1013)
  expect(FakeSocket.all).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(SECOND)
  expect(FakeSocket.all).toHaveLength(2)
})

test('a hidden page closes its connection, and reopens it when visible', async () => {
  FakeSocket.last.accept()
  setVisible(false)
  await vi.advanceTimersByTimeAsync(4 * MINUTE)
  expect(kind()).toBe('live')
  await vi.advanceTimersByTimeAsync(MINUTE)
  expect(kind()).toBe('paused')
  expect(FakeSocket.last.isClosedByPage).toBe(true)
  expect(FakeSocket.all).toHaveLength(1)
  setVisible(true)
  expect(FakeSocket.all).toHaveLength(2)
  FakeSocket.last.accept()
  expect(kind()).toBe('live')
})

test('closing it leaves no socket or timer', async () => {
  FakeSocket.last.accept()
  connection.close()
  expect(FakeSocket.last.isClosedByPage).toBe(true)
  window.dispatchEvent(new Event('online'))
  setVisible(true)
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  expect(FakeSocket.all).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
})
