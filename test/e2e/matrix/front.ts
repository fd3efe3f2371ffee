import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { runCommand } from '../../../scripts/lib/processes.ts'

type Headers = Record<string, string | string[]>
export interface Asked {
  method: string
  /** Path and query. */
  url: string
  headers: Headers
  body: Buffer
}
export interface Answered {
  status: number
  headers: Headers
  body: Buffer
}

/** What stands between the world and a site, and changes, keeps back or invents what passes. */
export interface Guise {
  /** Changes the request in place, or answers instead of the site; `reset` closes without an answer. */
  onRequest?: (asked: Asked) => Answered | 'reset' | undefined
  onAnswer?: (answered: Answered, asked: Asked) => Answered
}

/** A web server in front of a site, as a proxy, firewall, cache or host is. Nobody reaches the site but through it. */
export interface Front {
  url: string
  /** The same site over HTTPS, with a certificate that nobody trusts. */
  tlsUrl: string
  /** Where the site itself listens. */
  target: number
  /** Where a real proxy in front of the site listens, if there is one. */
  via: number | null
  guise: Guise
  /** Asks the site past every guise and proxy. */
  forward: (asked: Asked) => Promise<Answered>
  /** The last good answer to commands, as a cache may have kept it. */
  lastCommandsAnswer: () => Answered | null
  /** Listens no more; where it comes back it is at the same address. */
  stop: () => Promise<void>
  start: () => Promise<void>
}

export const page = (status: number, body: string, headers: Headers = {}): Answered => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body: Buffer.from(body),
})

const HOPS = new Set(['connection', 'keep-alive', 'transfer-encoding'])
const withoutHops = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOPS.has(name)))

async function pass(port: number, { method, url, headers, body }: Asked): Promise<Answered> {
  const call = request({ host: '127.0.0.1', port, method, path: url, headers: withoutHops(headers), agent: false })
  call.end(body)
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  return {
    status: answer.statusCode ?? 0,
    headers: withoutHops(answer.headers as Headers),
    body: await buffer(answer),
  }
}

async function makeCertificate(): Promise<{ key: string; cert: string }> {
  const how = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const { stdout } = await runCommand('openssl', ['req', ...how, '-subj', '/CN=127.0.0.1', '-keyout', '-', '-out', '-'])
  const cut = stdout.indexOf('-----BEGIN CERTIFICATE-----')
  return { key: stdout.slice(0, cut), cert: stdout.slice(cut) }
}

const listen = (server: Server, at = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: at, host: '127.0.0.1' }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })

/** Starts a front on the loopback interface; its `target` is set once the site is there. */
export async function startFront(): Promise<Front> {
  let kept: Answered | null = null
  async function serve(asking: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = asking
    const asked: Asked = { method, url, headers: { ...(headers as Headers) }, body: await buffer(asking) }
    const { guise } = front
    const instead = guise.onRequest?.(asked)
    if (instead === 'reset') return void asking.socket.destroy()
    const answered = instead ?? (await pass(front.via ?? front.target, asked))
    if (answered.headers['webhook-signature'] && method === 'POST') kept = answered
    const { status, headers: shown, body } = guise.onAnswer?.(answered, asked) ?? answered
    response.writeHead(status, { ...shown, 'content-length': String(body.length), connection: 'close' })
    response.end(method === 'HEAD' ? undefined : body)
  }
  const onRequest = (asking: IncomingMessage, response: ServerResponse) =>
    void serve(asking, response).catch(() => asking.socket.destroy())
  const server = createServer(onRequest)
  const tls = createTlsServer(await makeCertificate(), onRequest)
  const [port, tlsPort] = [await listen(server), await listen(tls)]
  const front: Front = {
    url: `http://127.0.0.1:${port}`,
    tlsUrl: `https://127.0.0.1:${tlsPort}`,
    target: 0,
    via: null,
    guise: {},
    forward: (asked) => pass(front.target, asked),
    lastCommandsAnswer: () => kept,
    stop: async () => {
      for (const one of [server, tls]) {
        one.closeAllConnections()
        await new Promise((resolve) => one.close(resolve))
      }
    },
    start: async () => {
      await Promise.all([listen(server, port), listen(tls, tlsPort)])
    },
  }
  return front
}
