import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  method: string
  /** Path and query. */
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** A web server on 127.0.0.1 that answers as a test says and records its requests. */
export interface OddHost {
  url: string
  requests: Received[]
  close: () => Promise<void>
}

export type Reply = (response: ServerResponse, request: Received) => void

export async function startOddHost(reply: Reply): Promise<OddHost> {
  const requests: Received[] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming
      const received = { method, url, headers, body: Buffer.concat(chunks).toString() }
      requests.push(received)
      reply(response, received)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
export const OTHER_SECRET = `whsec_${Buffer.alloc(32, 8).toString('base64')}`

/** The `webhook-signature` of a message, made with node:crypto, independent of the code under test. */
export function sign(secret: string, id: string, timestamp: number, body: string | Uint8Array, label = ''): string {
  const hmac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
  return `v1,${hmac
    .update(`${label && `${label}.`}${id}.${timestamp}.`)
    .update(body)
    .digest('base64')}`
}

export function send(response: ServerResponse, status: number, headers: Record<string, string>, body = ''): void {
  response.writeHead(status, headers).end(body)
}

export const html = (
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void => send(response, status, { 'content-type': 'text/html; charset=UTF-8', ...headers }, body)

export const json = (
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void =>
  send(response, status, { 'content-type': 'application/json; charset=UTF-8', ...headers }, JSON.stringify(value))

/** A WordPress REST error. */
export const restError = (
  response: ServerResponse,
  status: number,
  code: string,
  data: Record<string, unknown> = {},
): void => json(response, status, { code, message: `Message of ${code}`, data: { status, ...data } })

/** The headers of a signed response, at the site's clock. */
export function signedHeaders(
  request: Received,
  body: string | Uint8Array,
  options: { secret?: string; timestamp?: number; id?: string; label?: string } = {},
) {
  const id = options.id ?? String(request.headers['webhook-id'])
  const timestamp = options.timestamp ?? Number(request.headers['webhook-timestamp'])
  return {
    'content-type': 'application/json; charset=UTF-8',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': sign(options.secret ?? SECRET, id, timestamp, body, options.label ?? 'commands-answer'),
  }
}

/** The response of a plugin that runs every command, with `{}` as data. */
export function obey(response: ServerResponse, request: Received): void {
  const { commands } = JSON.parse(request.body) as { commands: { id: string }[] }
  const body = JSON.stringify({
    protocol: 1,
    results: commands.map(({ id }) => ({ id, ok: true, data: {}, took_ms: 1 })),
  })
  send(response, 200, signedHeaders(request, body), body)
}

const WORDPRESS_PAGE =
  '<!doctype html><html><head><link rel="stylesheet" href="/wp-content/themes/x/style.css"></head><body>Hello</body></html>'

/**
 * A WordPress with the plugin under `path` (`''` or `/blog`). `permalinks: 'plain'` supports only
 * `?rest_route=`; `restRootIn` says where it names its REST root.
 */
export function wordpress(options: {
  path?: string
  namespaces?: string[]
  permalinks?: 'pretty' | 'plain'
  restRootIn?: 'header' | 'html' | 'nowhere'
  home?: string
  onIndex?: Reply
  onCommands?: Reply
}): Reply {
  const { path = '', namespaces = ['wp/v2', 'igny8/v1'], permalinks = 'pretty', restRootIn = 'header' } = options
  return (response, request) => {
    const base = `http://${request.headers.host}`
    const { pathname, searchParams } = new URL(request.url, base)
    const pretty =
      permalinks === 'pretty' && pathname.startsWith(`${path}/wp-json/`)
        ? pathname.slice(`${path}/wp-json`.length)
        : null
    const route = searchParams.get('rest_route') ?? pretty
    if (route === '/igny8/v1/commands' && namespaces.includes('igny8/v1'))
      return (options.onCommands ?? refuseUnsigned)(response, request)
    if (route === '/') return (options.onIndex ?? index)(response, request)
    if (route !== null) return restError(response, 404, 'rest_no_route')
    if (pathname !== `${path}/` && pathname !== path) return html(response, 404, `${WORDPRESS_PAGE} not found`)
    const root = permalinks === 'pretty' ? `${base}${path}/wp-json/` : `${base}${path}/?rest_route=/&#038;lang=en`
    const link = `<${base}/feed>; rel="alternate"; title="a, b", <${root.replace('&#038;', '&')}>; rel="https://api.w.org/", <${base}/?p=1>; rel=shortlink`
    const tag = `<link rel='https://api.w.org/' href='${root}' />`
    return html(
      response,
      200,
      restRootIn === 'html' ? tag + WORDPRESS_PAGE : WORDPRESS_PAGE,
      restRootIn === 'header' ? { link } : {},
    )
  }

  function index(response: ServerResponse) {
    json(response, 200, { name: 'Test', namespaces, ...(options.home && { home: options.home }) })
  }
}

/** The plugin's response to an unsigned request. */
const refuseUnsigned: Reply = (response) => restError(response, 401, 'igny8_signature_missing')
