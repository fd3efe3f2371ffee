import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createGzip } from 'node:zlib'
import { temporaryFolder } from '../../scripts/lib/paths.ts'
import { runCommand } from '../../scripts/lib/processes.ts'

const COMPRESSED = /javascript|json|css|html|svg/
/** What belongs to a connection of HTTP/1.1 and may not be sent over HTTP/2. */
const CONNECTION_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])

async function makeCertificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = temporaryFolder('bench-edge')
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  await runCommand('openssl', ['req', '-x509', ...kind, '-subj', '/CN=localhost', '-keyout', key, '-out', cert])
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

function pass(port: number, incoming: Http2ServerRequest, outgoing: Http2ServerResponse): void {
  const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !name.startsWith(':')))
  const host = incoming.headers[':authority'] ?? incoming.headers.host
  const { method, url: path } = incoming
  const passed = request({ host: '127.0.0.1', port, method, path, headers: { ...headers, host } }, (answer) => {
    const kept = Object.entries(answer.headers).filter(([name]) => !CONNECTION_HEADERS.has(name))
    const isCompressed = COMPRESSED.test(answer.headers['content-type'] ?? '') && !answer.headers['content-encoding']
    const encoding = isCompressed ? { 'content-encoding': 'gzip' } : {}
    outgoing.writeHead(answer.statusCode ?? 502, { ...Object.fromEntries(kept), ...encoding })
    if (isCompressed) answer.pipe(createGzip()).pipe(outgoing)
    else answer.pipe(outgoing)
  })
  passed.on('error', () => void outgoing.destroy())
  incoming.pipe(passed)
}

export interface Edge {
  port: number
  stop: () => void
}

/** What Cloudflare's edge does to the app's files on their way: HTTP/2, and gzip. Its certificate is its own. */
export async function startEdge(port: number): Promise<Edge> {
  // the requests that sign in come over HTTP/1.1
  const options = { ...(await makeCertificate()), allowHTTP1: true }
  const server = createSecureServer(options, (incoming, outgoing) => pass(port, incoming, outgoing))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() }
}
