import { PollAnswer, type PollRequest, TICKET_HEADER } from '../../src/contract/polling.ts'
import type { CommandAnswer, CommandResult } from '../../src/contract/link.ts'
import { signMessage, verifyMessage } from '../../src/lib/signature.ts'
import { Context } from './context.ts'
import { SiteDied } from './executor.ts'
import type { ModelWordPress } from './wordpress.ts'

/** A signed message to the API's `polling/`, or its answer. */
export interface HeartbeatMessage {
  headers: Record<string, string>
  body: string
}

/** Sends a message to the API; null where nothing came back. */
export type SendHome = (message: HeartbeatMessage) => Promise<HeartbeatMessage | null>

/** A fault between two polls: none, or the plugin dies after it has executed its commands. */
export type HeartbeatFault = () => 'none' | 'dies'

/** Bytes of results that one poll may carry; it carries at least one result. */
const CALL_BYTES = 1_200_000

const MAX_CALLS = 500

let made = 0

async function sign(model: ModelWordPress, body: string): Promise<HeartbeatMessage> {
  const [id, timestamp] = [`msg_home_${++made}`, model.site.timeS()]
  const signature = await signMessage({ id, timestamp, body, secrets: [model.signingSecret] })
  return {
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
      ...ticketOf(model),
    },
    body,
  }
}

/** The header with the ticket that the plugin has, if any. */
export const ticketOf = ({ ticket }: ModelWordPress): Record<string, string> =>
  ticket === null ? {} : { [TICKET_HEADER]: ticket }

/** Keeps the ticket that an answer brings. */
export function keepTicket(model: ModelWordPress, answer: Pick<HeartbeatMessage, 'headers'>): void {
  model.ticket = answer.headers[TICKET_HEADER] ?? model.ticket
}

/** The answer, if it is signed for this very message; a forged one would make the site do what it says. */
async function readAnswer(model: ModelWordPress, sent: HeartbeatMessage, answer: HeartbeatMessage) {
  const headers = new Headers(answer.headers)
  const secrets = [model.signingSecret]
  const verified = await verifyMessage({
    headers,
    body: answer.body,
    secrets,
    nowS: 0,
    toleranceS: null,
    label: 'poll-answer',
  })
  if (!verified.ok || verified.id !== sent.headers['webhook-id'])
    throw new Error('The answer is not signed for this call')
  return PollAnswer.parse(JSON.parse(answer.body))
}

function execute(model: ModelWordPress, answer: PollAnswer): CommandResult[] {
  const seen = { number: ++model.http.stats.requests, method: 'POST', path: 'polling', commands: answer.commands }
  const context = new Context(answer.time_ms, answer.max_bytes, [])
  try {
    return (JSON.parse(model.executor.execute(seen, context, model.http.faults)) as CommandAnswer).results
  } finally {
    model.flush()
  }
}

/** The results for the next poll, and those that don't fit. */
function split(results: CommandResult[]): [now: CommandResult[], later: CommandResult[]] {
  let bytes = 0
  const end = results.findIndex((result) => (bytes += JSON.stringify(result).length) > CALL_BYTES)
  return end < 0 ? [results, []] : [results.slice(0, Math.max(1, end)), results.slice(Math.max(1, end))]
}

/** A poll that brings nothing. @param clock Unix seconds */
export const idlePoll = (clock = Math.floor(Date.now() / 1000)): PollRequest => ({
  protocol: 1,
  trigger: 'cron',
  clock,
  transport: 'polling',
  wants: { commands: 50, bytes: 1_000_000 },
  results: [],
})

/**
 * A visit of the plugin's heartbeat: calls, carries out what comes back, and calls again with the results while there
 * is more. What is lost on the way is not kept: the API names its commands again at the next heartbeat.
 * @returns the last answer; null where the API could not be reached
 */
export async function callHome(
  model: ModelWordPress,
  send: SendHome,
  fault: HeartbeatFault = () => 'none',
): Promise<PollAnswer | null> {
  let results: CommandResult[] = []
  let transport: PollRequest['transport'] = 'polling'
  for (let call = 0; call < MAX_CALLS; call++) {
    const [now, later] = split(results)
    const wants = { commands: later.length > 0 ? 0 : 50, bytes: 1_000_000 }
    const body: PollRequest = { ...idlePoll(model.site.timeS()), transport, wants, results: now }
    const message = await sign(model, JSON.stringify(body))
    const reply = await send(message)
    if (reply === null) return null
    keepTicket(model, reply)
    const answer = await readAnswer(model, message, reply)
    transport = answer.transport
    results = later
    if (later.length > 0) continue
    if (answer.commands.length === 0 && !answer.more) return answer
    try {
      results = execute(model, answer)
    } catch (error) {
      if (error instanceof SiteDied) return null
      throw error
    }
    if (fault() === 'dies') return null
  }
  throw new Error('The heartbeat does not come to rest')
}
