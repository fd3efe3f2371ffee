import type { EchoData } from '../../../contract/link.ts'
import type { Finding } from '../../../contract/doctor.ts'
import { findingOf } from './finding.ts'
import { cacheOf, type HttpCall } from './traffic.ts'

/** Compares the request we sent with the one that PHP received: header names, method and URL. */
export function compareEcho({ request, answer }: HttpCall, echo: EchoData): Finding[] {
  const received = new Set(echo.headers)
  const missing = Object.keys(request.headers).filter((name) => !received.has(name))
  const evidence = [
    `sent: ${request.method} ${request.url.pathname}, ${Object.keys(request.headers).join(', ')}`,
    `received: ${echo.method} ${echo.url}, ${echo.headers.join(', ')}`,
    `body: sha256 ${echo.body_sha256}, ${echo.body_bytes} bytes`,
    `${echo.server}, PHP as ${echo.sapi}`,
  ]
  const url = URL.parse(echo.url)
  const isRewritten = url !== null && (url.host !== request.url.host || url.protocol !== request.url.protocol)
  const cache = cacheOf(answer.headers)
  return [
    missing.length > 0
      ? findingOf('header_stripped', `PHP received our request without ${missing.join(', ')}.`, evidence)
      : findingOf('headers_arrive', 'PHP received every header that was sent.', evidence),
    ...(isRewritten
      ? [findingOf('address_rewritten', `We call ${request.url.origin}, WordPress sees ${url.origin}.`, [echo.url])]
      : []),
    ...(cache === null ? [] : [findingOf('served_from_cache', 'The answer carries the mark of a cache.', [cache])]),
  ]
}
