import { Buffer } from 'node:buffer'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebhookEvent } from '../../../src/contract/content-link.ts'
import { verifyMessage } from '../../../src/lib/signature.ts'
import type { PollingSide } from './polling-side.ts'

interface Delivery {
  path: string
  headers: Headers
  body: string
}

/** Stands in for the API: accepts webhooks on 127.0.0.1 and keeps them. */
export interface Receiver {
  url: string
  /** Everything received since the last call, checked for key, signature and path; only what is about posts. */
  /** Answers the site's polls. */
  polling: PollingSide | null
  take: (apiKey: string, secret: string) => Promise<WebhookEvent[]>
  stop: () => Promise<void>
}

async function read(incoming: IncomingMessage): Promise<Delivery> {
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array)
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)])
  return { path: incoming.url ?? '', headers: new Headers(headers), body: Buffer.concat(chunks).toString() }
}

async function check({ path, headers, body }: Delivery, apiKey: string, secret: string): Promise<WebhookEvent[]> {
  const verified = await verifyMessage({ headers, body, secrets: [secret], nowS: Math.floor(Date.now() / 1000) })
  if (!verified.ok) throw new Error(`A webhook is not signed well: ${verified.reason}`)
  if (headers.get('authorization') !== `Bearer ${apiKey}`) throw new Error('A webhook came without the API key')
  const json = JSON.parse(body) as { event: string }
  if (!json.event.startsWith('post.')) return []
  const kind = json.event === 'post.metadata' ? 'metadata' : 'status'
  if (path !== `/api/v1/integration/webhooks/wordpress/${kind}/`) throw new Error(`${json.event} came to ${path}`)
  return [WebhookEvent.parse(json)]
}

export async function startReceiver(): Promise<Receiver> {
  const received: Delivery[] = []
  const server = createServer((incoming, response) => {
    void accept(incoming, response)
  })
  async function accept(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const delivery = await read(incoming)
    if (delivery.path.endsWith('/poll/') && receiver.polling) {
      const answer = await receiver.polling.answer({
        headers: Object.fromEntries(delivery.headers),
        body: delivery.body,
      })
      response.writeHead(200, { 'content-type': 'application/json', ...answer.headers }).end(answer.body)
      return
    }
    if (delivery.path.includes('/webhooks/')) received.push(delivery)
    response.writeHead(202, { 'content-type': 'application/json' }).end('{}')
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    polling: null,
    take: async (apiKey, secret) => {
      const checked = received.splice(0).map((delivery) => check(delivery, apiKey, secret))
      return (await Promise.all(checked)).flat()
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}
