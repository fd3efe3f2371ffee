import { act } from '@testing-library/react'
import { vi } from 'vitest'
import type { LiveMessage } from '../../src/api/types.ts'

const ABNORMAL = 1006
const OPEN = 1

/** A WebSocket whose server side is the test. */
export class FakeSocket extends EventTarget {
  static all: FakeSocket[] = []
  static answersPings = true
  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1)
    if (!socket) throw new Error('no connection was tried')
    return socket
  }

  readonly url: string
  readonly sent: string[] = []
  readyState = 0
  isClosedByPage = false

  constructor(url: string) {
    super()
    this.url = url
    FakeSocket.all.push(this)
  }

  send(text: string): void {
    this.sent.push(text)
    if (FakeSocket.answersPings) queueMicrotask(() => this.say('pong'))
  }

  close(): void {
    this.isClosedByPage = true
  }

  /** The server accepts the connection. */
  accept(): void {
    this.readyState = OPEN
    this.tell({ type: 'ready', as_of: '2026-11-21T10:00:00.000Z' })
  }

  tell(message: LiveMessage): void {
    this.say(JSON.stringify(message))
  }

  say(data: string): void {
    act(() => void this.dispatchEvent(new MessageEvent('message', { data })))
  }

  /** Closes the connection; without a code like a network failure. */
  drop(code = ABNORMAL): void {
    act(() => void this.dispatchEvent(new CloseEvent('close', { code })))
  }
}

/** Replaces WebSocket until the end of the test. */
export function fakeSockets(): typeof FakeSocket {
  FakeSocket.all = []
  FakeSocket.answersPings = true
  vi.stubGlobal('WebSocket', FakeSocket)
  return FakeSocket
}
