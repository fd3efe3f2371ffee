/**
 * A signed request and its signed answer (docs/protocol.md). One POST carries a batch of commands to the plugin's
 * command endpoint. We sign it with every secret we have, so that a rotation of secrets interrupts nothing. The plugin
 * answers with one result for each command and signs the answer, using our message id: the answer is verified to come
 * from this plugin, for this message, with no byte changed.
 *
 * Only a verified answer counts. Anything else becomes a LinkError whose code names the most specific cause: if a login
 * page or a PHP notice broke the signature, that page is the error, not the signature. The clock of the site is never a
 * reason to refuse its answer; the difference is returned as `skewS`.
 */
import type { EvidenceStep } from '../../../contract/evidence.ts'
import {
  COMMAND_DATA,
  CommandAnswer,
  CommandBatch,
  PROTOCOL,
  type Command,
  type CommandData,
  type CommandResult,
} from '../../../contract/link.ts'
import { readForeignId, REQUEST_ID_HEADER, RUN_ID_HEADER } from '../../../lib/ids.ts'
import { MAX_JSON_DEPTH, parseJson } from '../../../lib/json.ts'
import { signMessage, verifyMessage } from '../../../lib/signature.ts'
import { classifyAnswer } from './classify.ts'
import { LinkError, type LinkProblem } from './errors.ts'
import { note } from './evidence.ts'
import { packBatch } from './pack.ts'
import { request, toText, type FetchFunction, type LinkAnswer, type Wire } from './http.ts'
import { explainRefusal } from './rest-error.ts'

export interface CommandLimits {
  /** How long the whole request may take. */
  timeoutMs: number
  /** The most bytes read of an answer, after decompression. */
  maxResponseBytes: number
  /** Sent to the plugin: it starts no command after this time… */
  timeMs: number
  /** … and none after this many bytes of results. */
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

/** Parses strictly: with repaired UTF-8 or a skipped byte order mark, the text would differ from what was signed. */
function parseBody(bytes: Uint8Array): { json: unknown } | null {
  try {
    return { json: parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) }
  } catch {
    return null
  }
}

/** The results in the order of the commands, or what is wrong. Each command must have exactly one result. */
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
  if (answer.isTruncated) {
    const detail = `The answer is longer than ${answer.bytes.length} bytes.`
    return /^\s*</.test(toText(answer)) ? classify() : { code: 'response_too_large', detail }
  }
  const nowS = Math.round(wire.now() / 1000)
  const signed = await verifyMessage({
    headers: answer.headers,
    body: answer.bytes,
    secrets,
    nowS,
    toleranceS: null,
    label: 'commands-answer',
  })
  const parsed = parseBody(answer.bytes)
  if (!signed.ok || signed.id !== messageId) {
    // Prefer what broke the signature: a login page, a PHP notice, half a body, an error of the site.
    const problem = classify()
    if (problem.code !== 'response_invalid') return problem
    const why = signed.ok ? 'its signature is that of another message' : signed.reason
    return { code: 'response_unsigned', detail: `The answer could not be verified: ${why}.` }
  }
  if (!parsed)
    return {
      code: 'response_not_json',
      detail: `The answer is signed, but not JSON in UTF-8 of at most ${MAX_JSON_DEPTH} levels.`,
    }
  const results = matchResults(parsed.json, commands)
  if (typeof results === 'string')
    return { code: 'response_invalid', detail: `The answer is not as agreed: ${results}.` }
  // this concerns the whole site, not one command: all work waits until the owner decides about the copy
  const refused = results.find((result) => !result.ok && result.code === 'clone_detected')
  if (refused && !refused.ok)
    return {
      code: 'clone_detected',
      detail: refused.detail || 'The site takes itself for a copy of the connected one.',
    }
  return { results, skewS: signed.skewS }
}

/**
 * Sends one batch of commands to a site's command endpoint and returns the verified results.
 *
 * `signingSecrets` are newest first; the answer may be signed with any of them. Pass `messageId` to send the same
 * message again. The request carries no Authorization header and no cookies, and follows no redirect. A command that
 * failed on the site is a result, not an error.
 * @throws LinkError for anything but a verified answer, and `clone_detected` if the site says it is a copy
 * @throws ZodError for a batch that breaks the protocol
 */
export async function sendCommands(input: {
  endpoint: string
  signingSecrets: readonly string[]
  integrationId: string
  commands: readonly Command[]
  /** Only for a plugin that says it can read it (`encodings` of its status). */
  isPacked?: boolean
  /** Id of the request that caused this, for the logs of both sides; not part of what is signed. */
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
  const json = JSON.stringify(CommandBatch.parse(batch))
  const body = input.isPacked ? await packBatch(json) : json
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
      'webhook-signature': await signMessage({ id: messageId, timestamp, body, secrets, label: 'commands' }),
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

/**
 * The data of one command's result, checked against its schema.
 * @throws LinkError `command_failed` if the plugin could not execute the command, `response_invalid` if the data breaks
 * the protocol
 */
export function readCommandData<Name extends keyof CommandData>(
  name: Name,
  result: CommandResult | undefined,
  evidence: EvidenceStep[],
): CommandData[Name] {
  if (!result) throw new LinkError({ code: 'response_invalid', detail: `There is no result of ${name}.` }, evidence)
  if (!result.ok) {
    const detail = `The command ${name} failed on the site with ${result.code}${result.detail ? `: ${result.detail}` : ''}.`
    throw new LinkError({ code: 'command_failed', detail }, evidence)
  }
  const parsed = COMMAND_DATA[name].safeParse(result.data)
  if (parsed.success) return parsed.data as CommandData[Name]
  const issue = parsed.error.issues[0]
  const detail = `The data of ${name} is not as agreed: ${issue?.path.join('.')}: ${issue?.message}.`
  throw new LinkError({ code: 'response_invalid', detail }, evidence)
}
