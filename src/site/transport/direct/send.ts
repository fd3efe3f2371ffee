import type { EvidenceStep } from '../../../contract/evidence.ts'
import { CommandAnswer, CommandBatch, PROTOCOL, type Command, type CommandResult } from '../../../contract/link.ts'
import { readForeignId, REQUEST_ID_HEADER, RUN_ID_HEADER } from '../../../lib/request-id.ts'
import { signMessage, verifyMessage } from '../../../lib/signature.ts'
import { classifyAnswer } from './classify.ts'
import { LinkError, type LinkProblem } from './errors.ts'
import { note } from './evidence.ts'
import { explainRefusal } from './refusal.ts'
import { request, toText, type FetchFunction, type LinkAnswer, type Wire } from './http.ts'

export interface CommandLimits {
  /** How long the whole request may take. */
  timeoutMs: number
  /** Most bytes of an answer that are read, after decompression. */
  maxResponseBytes: number
  /** Told to the plugin: start no command after this time, … */
  timeMs: number
  /** … and none once this much is answered. */
  maxBytes: number
}
const COMMAND_LIMITS: CommandLimits = {
  timeoutMs: 25_000,
  maxResponseBytes: 4_000_000,
  timeMs: 20_000,
  maxBytes: 2_000_000,
}

export interface CommandsSent {
  /** In the order of the commands. */
  results: CommandResult[]
  /** The site's clock minus ours, in seconds. */
  skewS: number
  evidence: EvidenceStep[]
}

/** Strict: neither repaired UTF-8 nor a tolerated byte order mark would be what was signed. */
function parseBody(bytes: Uint8Array): { json: unknown } | null {
  try {
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) }
  } catch {
    return null
  }
}

/** Results by command, or what is wrong: every command needs exactly one, and no other may be there. */
function matchResults(json: unknown, commands: readonly Command[]): CommandResult[] | string {
  const parsed = CommandAnswer.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return `${issue?.path.join('.') || 'answer'}: ${issue?.message}`
  }
  const byId = new Map(parsed.data.results.map((result) => [result.id, result]))
  if (byId.size !== parsed.data.results.length) return 'a command was answered twice'
  const results = commands.flatMap(({ id }) => byId.get(id) ?? [])
  if (results.length !== commands.length) return 'a command was not answered'
  return byId.size === commands.length ? results : 'something was answered that was not asked'
}

async function readAnswer(
  answer: LinkAnswer,
  expected: { messageId: string; secrets: readonly string[]; commands: readonly Command[]; body: string; wire: Wire },
): Promise<{ results: CommandResult[]; skewS: number } | LinkProblem> {
  const { messageId, secrets, commands, body, wire } = expected
  const classify = () =>
    classifyAnswer({ ...answer, body: toText(answer), nowMs: wire.now(), allowLoopback: wire.allowLoopback })
  if (answer.status !== 200) return explainRefusal(classify(), answer, body)
  if (answer.isCut) {
    const detail = `The answer is longer than ${answer.bytes.length} bytes.`
    return /^\s*</.test(toText(answer)) ? classify() : { code: 'response_too_large', detail }
  }
  const nowS = Math.round(wire.now() / 1000)
  const signed = await verifyMessage({ headers: answer.headers, body: answer.bytes, secrets, nowS, toleranceS: null })
  const parsed = parseBody(answer.bytes)
  if (!signed.ok || signed.id !== messageId) {
    // What broke the signature is the better reason: a login page, a PHP notice, half a body, the site's own error.
    const problem = classify()
    if (problem.code !== 'response_invalid') return problem
    const why = signed.ok ? 'its signature is that of another message' : signed.reason
    return { code: 'response_unsigned', detail: `The answer proves nothing: ${why}.` }
  }
  if (!parsed) return { code: 'response_not_json', detail: 'The answer is signed, but not JSON in UTF-8.' }
  const results = matchResults(parsed.json, commands)
  if (typeof results === 'string')
    return { code: 'response_invalid', detail: `The answer is not as agreed: ${results}.` }
  // about the site and not about one command: what was to be done waits until its owner has chosen
  const refused = results.find((result) => !result.ok && result.code === 'clone_detected')
  if (refused && !refused.ok)
    return {
      code: 'clone_detected',
      detail: refused.detail || 'The site takes itself for a copy of the connected one.',
    }
  return { results, skewS: signed.skewS }
}

/**
 * Sends one batch of commands to a site's command endpoint and returns its verified results.
 *
 * Signed with every secret given (newest first), so that a rotation loses nothing; without an Authorization header or
 * cookies; a redirect is not followed. The answer must be signed with one of the secrets and for this very message; its
 * clock is reported as `skewS`, not judged. `messageId` is given where the same message is sent again. A command that
 * failed on the site is a result, not an error, unless the site refuses as a copy (`clone_detected`). Throws LinkError for everything that is not a good answer, and ZodError
 * for a batch that breaks the protocol.
 */
export async function sendCommands(input: {
  endpoint: string
  signingSecrets: readonly string[]
  integrationId: string
  commands: readonly Command[]
  /** What the commands are for, for the logs of both sides; informational, and no part of what is signed. */
  requestId: string
  runId?: string
  messageId?: string
  allowLoopback: boolean
  fetch: FetchFunction
  now: () => number
  observe?: Wire['observe']
  newId: () => string
  limits?: CommandLimits
}): Promise<CommandsSent> {
  const { fetch, now, allowLoopback, commands, signingSecrets: secrets, limits = COMMAND_LIMITS } = input
  const evidence: EvidenceStep[] = []
  const startedMs = now()
  const wire: Wire = {
    fetch,
    now,
    allowLoopback,
    deadlineMs: startedMs + limits.timeoutMs,
    evidence,
    observe: input.observe,
  }
  const url = URL.parse(input.endpoint)
  if (!url) throw new LinkError({ code: 'invalid_site_url', detail: 'The command endpoint is not a URL.' }, evidence)

  const batch = {
    protocol: PROTOCOL,
    integration_id: input.integrationId,
    time_ms: limits.timeMs,
    max_bytes: limits.maxBytes,
    commands,
  }
  const body = JSON.stringify(CommandBatch.parse(batch))
  const messageId = input.messageId ?? input.newId()
  const timestamp = Math.floor(startedMs / 1000)
  const answer = await request(wire, {
    step: 'commands',
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'webhook-id': messageId,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': await signMessage({ id: messageId, timestamp, body, secrets }),
      [REQUEST_ID_HEADER]: input.requestId,
      ...(input.runId !== undefined && { [RUN_ID_HEADER]: input.runId }),
    },
    body,
    timeoutMs: limits.timeoutMs,
    maxBytes: limits.maxResponseBytes,
  })
  const read = await readAnswer(answer, { messageId, secrets, commands, body, wire })
  if ('results' in read) return { ...read, evidence }
  note(evidence, read.code)
  throw new LinkError({ ...read, pluginRequestId: readForeignId(answer.headers) }, evidence)
}
