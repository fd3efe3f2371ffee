import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { createApp } from '../../src/app.ts'
import { type Answer, parse } from './identity.ts'
import { contractFaults } from './openapi.ts'

const app = createApp()

export interface RawRequest {
  token?: string | undefined
  headers?: Record<string, string>
  /** As it is sent. */
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
  bindings?: Partial<Env>
}

/** Sends a malformed request, and checks the response against the document. */
export async function callRaw(request: string, { token, headers, body, bindings }: RawRequest = {}): Promise<Answer> {
  const [method = 'GET', path = ''] = request.split(' ')
  const sent = new Headers(headers)
  if (token !== undefined) sent.set('authorization', `Bearer ${token}`)
  const init = { method, headers: sent, ...(body !== undefined && { body }) }
  const execution = createExecutionContext()
  const message = new Request(`http://api.test${path}`, init)
  // a text body sets its own content type
  if (!sent.has('content-type')) message.headers.delete('content-type')
  const response = await app.fetch(message, { ...env, ...bindings }, execution)
  const text = await response.text()
  await waitOnExecutionContext(execution)
  const isJson = response.headers.get('content-type')?.includes('json')
  const answer: Answer = {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : isJson ? parse(text, response) : text,
  }
  expect(contractFaults(method, path, answer), `${request} → ${answer.status} as the document says`).toEqual([])
  return answer
}

/** The headers of JSON. */
export const JSON_TYPE = { 'content-type': 'application/json' }
