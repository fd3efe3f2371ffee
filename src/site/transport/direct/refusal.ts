import type { LinkProblem } from './errors.ts'
import { toText, type LinkAnswer } from './http.ts'
import { parseRestError } from './rest-error.ts'

/** SHA-256 of a text in UTF-8, as the plugin tells it of the body that PHP received. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A signature that doesn't match is no matter of secrets where the plugin received other bytes than were sent. */
export async function explainRefusal(problem: LinkProblem, answer: LinkAnswer, body: string): Promise<LinkProblem> {
  if (problem.code !== 'signature_rejected') return problem
  const received = parseRestError(toText(answer))?.data?.received
  if (!received || received.body_sha256 === (await sha256Hex(body))) return problem
  const sent = new TextEncoder().encode(body).length
  const detail = `The body was changed on its way: ${sent} bytes were sent, ${received.body_bytes} arrived.`
  return { code: 'body_changed', detail }
}
