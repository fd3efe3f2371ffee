import { type Command, PACKING } from '../../src/contract/link.ts'
import { createSigningSecret, signMessage, verifyMessage } from '../../src/lib/signature.ts'
import { restError, type ModelAnswer } from './answers.ts'
import type { Fault } from './faults.ts'

const MAX_COMMANDS = 50
const MAX_TIME_MS = 120_000
const MAX_BYTES = 50_000_000

export interface Batch {
  integrationId: string
  timeMs: number
  maxBytes: number
  commands: Command[]
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isPositive = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0

function readCommand(value: unknown): Command | null {
  if (!isRecord(value)) return null
  const { id, name, args = {} } = value
  const isGood = typeof id === 'string' && id !== '' && typeof name === 'string' && name !== '' && isRecord(args)
  return isGood ? { id, name, args } : null
}

async function unzip(digits: string): Promise<string> {
  const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text()
}

/** The JSON of a body, unpacked if it is packed; null if there is none. */
async function readJson(body: string): Promise<unknown> {
  try {
    const value: unknown = JSON.parse(body)
    const packed = isRecord(value) ? value[PACKING] : undefined
    if (packed === undefined) return value
    return typeof packed === 'string' ? (JSON.parse(await unzip(packed)) as unknown) : null
  } catch {
    return null
  }
}

/** A batch as the plugin accepts it, or null. */
export async function readBatch(body: string): Promise<Batch | null> {
  const value = await readJson(body)
  if (!isRecord(value) || value['protocol'] !== 1 || !Array.isArray(value['commands'])) return null
  const { integration_id: integrationId = '', time_ms: timeMs, max_bytes: maxBytes } = value
  if (typeof integrationId !== 'string' || !isPositive(timeMs) || !isPositive(maxBytes)) return null
  const list: unknown[] = value['commands']
  const commands = list.map(readCommand).filter((command) => command !== null)
  if (commands.length !== list.length || commands.length > MAX_COMMANDS) return null
  return { integrationId, timeMs: Math.min(timeMs, MAX_TIME_MS), maxBytes: Math.min(maxBytes, MAX_BYTES), commands }
}

const REFUSALS = {
  signature_missing: 'The request is not signed.',
  timestamp_out_of_range: 'The clocks of IGNY8 and this site differ by more than five minutes.',
  signature_invalid: 'The signature does not match.',
} as const

/** The secret that signed a request, or the refusal. */
export async function admit(
  headers: Headers,
  body: string,
  secrets: readonly string[],
  nowS: number,
): Promise<{ secret: string; messageId: string } | ModelAnswer> {
  if (secrets.length === 0) return restError(409, 'igny8_not_connected', 'This site is not connected to IGNY8.')
  let reason: keyof typeof REFUSALS = 'signature_invalid'
  for (const secret of secrets) {
    const verified = await verifyMessage({ headers, body, secrets: [secret], nowS, label: 'commands' })
    if (verified.ok) return { secret, messageId: verified.id }
    // like the plugin, which calls an id that it can't accept a missing one
    reason = verified.reason === 'webhook_id_invalid' ? 'signature_missing' : verified.reason
  }
  const data = reason === 'timestamp_out_of_range' ? { site_time: nowS } : {}
  return restError(401, `igny8_${reason}`, REFUSALS[reason], data)
}

/** Signs an answer, unless a fault changes the signature. */
export async function signAnswer(
  text: string,
  by: { secret: string; messageId: string },
  timestamp: number,
  fault: Fault | null,
): Promise<ModelAnswer> {
  const body = new TextEncoder().encode(text)
  const headers: Record<string, string> = { 'content-type': 'application/json; charset=UTF-8' }
  if (fault?.kind === 'unsigned') return { status: 200, headers, body }
  const id = fault?.kind === 'other_message' ? `${by.messageId}-other` : by.messageId
  const secrets = [fault?.kind === 'wrong_signature' ? createSigningSecret() : by.secret]
  headers['webhook-id'] = id
  headers['webhook-timestamp'] = String(timestamp)
  headers['webhook-signature'] = await signMessage({ id, timestamp, body, secrets, label: 'commands-answer' })
  return { status: 200, headers, body }
}
