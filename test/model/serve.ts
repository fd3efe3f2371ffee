import { Buffer } from 'node:buffer'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { NoAnswer } from './answers.ts'
import type { ModelWordPress } from './wordpress.ts'

export interface ServedModel {
  url: string
  stop: () => Promise<void>
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function toHeaders(incoming: IncomingMessage): Headers {
  return new Headers(Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]))
}

async function answer(model: ModelWordPress, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const url = new URL(incoming.url ?? '/', model.url).href
  const body = await readBody(incoming)
  try {
    const {
      status,
      headers,
      body: text,
      cutAt,
    } = await model.handle({
      method: incoming.method ?? 'GET',
      url,
      headers: toHeaders(incoming),
      body,
      signal: gone.signal,
    })
    const bytes = Buffer.from(text)
    response.writeHead(status, { ...headers, 'content-length': bytes.length })
    if (cutAt === undefined) response.end(bytes)
    else response.write(bytes.subarray(0, cutAt), () => response.destroy())
  } catch (error) {
    if (!(error instanceof NoAnswer)) console.error(error)
    response.destroy()
  }
}

/** Serves a model on 127.0.0.1 and makes that the model's address. Waits `latencyMs` before every answer. */
export async function serveModel(
  model: ModelWordPress,
  options: { port?: number; latencyMs?: number } = {},
): Promise<ServedModel> {
  const { port = 0, latencyMs = 0 } = options
  const server = createServer((incoming, response) => {
    const waited = latencyMs > 0 ? pause(latencyMs) : Promise.resolve()
    void waited.then(() => answer(model, incoming, response))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address() as AddressInfo
  model.site.version++
  model.site.url = `http://127.0.0.1:${address.port}`
  return {
    url: model.url,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
