import type { EchoData } from '../../../src/contract/link.ts'

/** `echo`: the request as PHP received it. */
export async function echoOf(
  { method, url, body }: { method: string; url: string; body: string },
  headers: string[],
): Promise<EchoData> {
  const bytes = new TextEncoder().encode(body)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return {
    method,
    url,
    headers,
    body_sha256: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    body_bytes: bytes.length,
    server: 'Apache',
    sapi: 'fpm-fcgi',
  }
}
