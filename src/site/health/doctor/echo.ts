import type { EchoData } from '../../../contract/link.ts'
import type { Finding } from '../../../contract/doctor.ts'
import { findingOf } from './finding.ts'
import { cacheOf, type RecordedCall } from './traffic.ts'

/** Compares the request as it left us with what PHP received: names of headers, method, and the address. */
export function compareEcho({ call, answer }: RecordedCall, echo: EchoData): Finding[] {
  const received = new Set(echo.headers)
  const missing = Object.keys(call.headers).filter((name) => !received.has(name))
  const evidence = [
    `sent: ${call.method} ${call.url.pathname}, ${Object.keys(call.headers).join(', ')}`,
    `received: ${echo.method} ${echo.url}, ${echo.headers.join(', ')}`,
    `body: sha256 ${echo.body_sha256}, ${echo.body_bytes} bytes`,
    `${echo.server}, PHP as ${echo.sapi}`,
  ]
  const seen = URL.parse(echo.url)
  const isRewritten = seen !== null && (seen.host !== call.url.host || seen.protocol !== call.url.protocol)
  const cache = cacheOf(answer.headers)
  return [
    missing.length > 0
      ? findingOf('header_stripped', `PHP received our request without ${missing.join(', ')}.`, evidence)
      : findingOf('headers_arrive', 'PHP received every header that was sent.', evidence),
    ...(isRewritten
      ? [findingOf('address_rewritten', `We call ${call.url.origin}, WordPress sees ${seen.origin}.`, [echo.url])]
      : []),
    ...(cache === null ? [] : [findingOf('served_from_cache', 'The answer carries the mark of a cache.', [cache])]),
  ]
}
