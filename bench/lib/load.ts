import { connect, type Socket } from 'node:net'

/** One request, sent again and again. Every answer must have the status that is expected of it. */
export interface Target {
  url: URL
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  /** What makes each request another one, where they must not be the same. */
  vary?: () => Pick<Target, 'headers' | 'body'>
  status: number
}

const CONNECTIONS = 16
const TIMEOUT_MS = 30_000
const HEAD_END = Buffer.from('\r\n\r\n')

function encode({ url, method = 'GET', headers = {}, body = '' }: Target): Buffer {
  const fields = { host: url.host, ...headers, ...(body && { 'content-length': String(Buffer.byteLength(body)) }) }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
}

/** The length of the first answer in the buffer, 0 while it is incomplete, null when it isn't the expected one. */
function measureAnswer(received: Buffer, status: number): number | null {
  const headEnd = received.indexOf(HEAD_END)
  if (headEnd < 0) return 0
  const head = received.toString('latin1', 0, headEnd)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (!head.startsWith(`HTTP/1.1 ${status} `) || length === undefined) return null
  const end = headEnd + HEAD_END.length + Number(length)
  return received.length < end ? 0 : end
}

/** Sends requests over one connection, the next one when the last is answered, for as long as `take` allows. */
function drive(target: Target, take: () => Buffer | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const socket: Socket = connect({ host: target.url.hostname, port: Number(target.url.port), noDelay: true })
    const end = (error?: Error) => {
      socket.destroy()
      if (error === undefined) resolve()
      else reject(error)
    }
    const fail = (fault: string) => end(new Error(`${target.url.href} ${fault}`))
    const send = () => {
      const message = take()
      if (message) socket.write(message)
      else end()
    }
    socket.setTimeout(TIMEOUT_MS, () => fail(`gave no answer within ${TIMEOUT_MS} ms`))
    socket.on('connect', send)
    socket.on('error', end)
    socket.on('close', () => fail('closed the connection'))
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      const length = measureAnswer(received, target.status)
      if (length === null)
        return fail(`gave another answer than ${target.status}:\n${received.toString('utf8', 0, 2000)}`)
      received = received.subarray(length)
      return length === 0 ? undefined : send()
    })
  })
}

/**
 * Sends a fixed number of requests over 16 connections that are kept alive.
 * @returns requests per second
 * @throws Error when one answer has another status than the expected one
 */
export async function measureThroughput(target: Target, requests: number): Promise<number> {
  const same = target.vary ? null : encode(target)
  const messages = Array.from({ length: requests }, () => same ?? encode({ ...target, ...target.vary?.() }))
  const take = () => messages.pop()
  const started = performance.now()
  await Promise.all(Array.from({ length: Math.min(CONNECTIONS, requests) }, () => drive(target, take)))
  return (requests * 1000) / (performance.now() - started)
}
