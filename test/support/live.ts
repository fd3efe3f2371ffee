import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, onTestFinished, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { LiveMessage } from '../../src/contract/live.ts'

const app = createApp()

interface WatchOptions {
  token?: string
  cookie?: string
  headers?: Record<string, string>
  query?: string
}

/** Opens a live connection as a browser does. */
export function askToWatch(path: string, { token, cookie, headers, query = '' }: WatchOptions): Promise<Response> {
  const request = new Request(`http://api.test${path}/live${query}`, {
    headers: {
      upgrade: 'websocket',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(cookie !== undefined && { cookie }),
      ...headers,
    },
  })
  return Promise.resolve(app.fetch(request, env, createExecutionContext()))
}

type Message<T extends LiveMessage['type']> = Extract<LiveMessage, { type: T }>

/** A live connection and the messages it got. Each message is validated against its schema. */
export async function watch(path: string, options: WatchOptions) {
  const answer = await askToWatch(path, options)
  expect(answer.status).toBe(101)
  const socket = answer.webSocket
  if (!socket) throw new Error('101 without a WebSocket')
  const messages: LiveMessage[] = []
  const texts: string[] = []
  const closed = Promise.withResolvers<{ code: number; reason: string }>()
  socket.addEventListener('message', ({ data }) => {
    texts.push(String(data))
    if (data !== 'pong') messages.push(LiveMessage.parse(JSON.parse(String(data))))
  })
  socket.addEventListener('close', ({ code, reason }) => closed.resolve({ code, reason }))
  socket.accept()
  onTestFinished(() => socket.close())
  const of = <T extends LiveMessage['type']>(type: T) =>
    messages.filter((message): message is Message<T> => message.type === type)
  return {
    socket,
    messages,
    texts,
    of,
    closed: closed.promise,
    /** Waits for a matching message. */
    told: <T extends LiveMessage['type']>(type: T, fits: (message: Message<T>) => boolean = () => true) =>
      vi.waitFor(
        () => {
          const found = of(type).find(fits)
          if (!found) throw new Error(`no such ${type} in ${texts.join('\n')}`)
          return found
        },
        { timeout: 10_000, interval: 5 },
      ),
  }
}
