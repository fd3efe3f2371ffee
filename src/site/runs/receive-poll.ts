/**
 * A poll: the plugin of a site that can't be called sends us a signed request with results, and gets commands as the
 * answer. We handle it in four steps:
 * 1. Verify the signature.
 * 2. Store the results in the **command log**.
 * 3. Play the engine: the piece of work that waited for these results is replayed from its last commit and finds them
 *    in the log. When it reaches a request that has no result, that request is queued in the log.
 * 4. Answer with the commands in the log that have no result.
 *
 * So the log is the only state between two polls, and each step may repeat. If the answer to a poll was lost, the next
 * poll gets the same commands again, and the plugin recognises their ids. A result that comes twice is ignored the
 * second time. One piece of work owns the log at a time, a run or the inbox; others wait until it has committed
 * (transport/polling-sender.ts).
 */
import { PROTOCOL } from '../../contract/link.ts'
import {
  IDLE_INTERVAL_S,
  POLL_INTERVAL_S,
  PollRequest,
  QUIET_INTERVAL_S,
  type PollAnswer,
} from '../../contract/polling.ts'
import { writeProjection } from '../../db/projection.ts'
import { log } from '../../lib/log.ts'
import { observeShare, SHARES } from '../../lib/metrics.ts'
import { signMessage } from '../../lib/signature.ts'
import { refusal, type CallingKey, type RpcResult, type SignedAnswer, type WebhookMessage } from '../rpc.ts'
import { describeTransport, isSilent, switchIfDue } from '../transport/choice.ts'
import type { ObjectContext } from './context.ts'
import { countsOf } from './counts.ts'
import { verifyFromSite } from './receive-webhook.ts'
import { runNext } from './runner.ts'

/** Limits the plugin must keep: the time it works on a batch, and the bytes of its results. */
const TIME_MS = 20_000
const MAX_BYTES = 1_000_000
/** The site waits for its answer: no further step of the engine begins after this. */
const PLAY_MS = 5_000
/**
 * How far D1 may lag behind: after a poll without results while somebody uses the site and while nobody does, after one with
 * results, and for a site that is called. The second is a little less than six polls take: what a site that is called shows
 * is as old.
 */
const IDLE_PROJECTION_MS = 300_000
const QUIET_PROJECTION_MS = 29 * 60_000
const BUSY_PROJECTION_MS = 15_000
const DIRECT_PROJECTION_MS = 6 * 3_600_000

/** Runs a task with exclusive access to the site. @returns false, without running it, if other work has the access */
export type TryExclusive = (task: () => Promise<void>) => Promise<boolean>

type PollingSite = CallingKey & { integrationId: string }

/**
 * Receives a poll: stores its results, plays the engine with them, and answers with the next commands.
 * @param tryExclusive at most one request at a time goes to the site: while it is being called, the engine rests
 */
export async function receivePoll(
  ctx: ObjectContext,
  site: PollingSite,
  message: WebhookMessage,
  tryExclusive: TryExclusive,
): Promise<RpcResult<SignedAnswer>> {
  const { store } = ctx
  const signed = await verifyFromSite(ctx, site, message)
  if (!signed.ok) return signed
  if (store.access.integration()?.integrationId !== site.integrationId)
    return refusal('integration_not_found', 'Integration not found')
  const parsed = PollRequest.safeParse(JSON.parse(message.body))
  if (!parsed.success) return refusal('validation_error', 'The body is not a poll.')
  const { results, wants, trigger } = parsed.data
  const startedAt = ctx.now()
  const wasSilent = store.transport.read().transport === 'polling' && isSilent(store, startedAt)
  store.transport.notePoll(startedAt)
  switchIfDue(store, startedAt)
  let stored = 0
  for (const result of results) if (store.commandLog.answer(result, ctx.now())) stored++
  const isPolling = store.transport.read().transport === 'polling'
  const isBusy = isPolling && !(await tryExclusive(() => playUntilBlocked(ctx, startedAt)))
  await writeTransport(ctx, { hasResults: stored > 0, isBack: wasSilent })
  const answer = createAnswer(ctx, site, wants, isBusy)
  observeShare(SHARES.poll, 'poll', { transport: answer.transport }, answer.commands.length)
  if (stored > 0 || answer.commands.length > 0)
    log.info('site called', { trigger, results: stored, commands: answer.commands.length })
  return { ok: true, value: await signAnswer(ctx, answer, signed.value) }
}

/** Plays the engine until it needs the site, has nothing to do, or the site has waited long enough. */
async function playUntilBlocked(ctx: ObjectContext, startedAt: number): Promise<void> {
  while (ctx.now() - startedAt < PLAY_MS) {
    const due = ctx.store.nextWorkAt()
    if (due === null || due > ctx.now()) return
    await runNext(ctx)
  }
}

/** Whether somebody may wait for the site: who watches it, has just used it, or started a run that hasn't ended. */
const isInUse = ({ store, now, isWatched }: ObjectContext) =>
  isWatched?.() === true || store.transport.isAwake(now()) || store.runs.nextDueAt() !== null

function createAnswer(ctx: ObjectContext, site: PollingSite, wants: PollRequest['wants'], isBusy: boolean): PollAnswer {
  const { store } = ctx
  const { transport } = store.transport.read()
  const isPolling = transport === 'polling'
  const commands = isPolling ? store.commandLog.batch(wants.commands, Math.min(wants.bytes, MAX_BYTES), ctx.now()) : []
  const due = store.nextWorkAt()
  return {
    protocol: PROTOCOL,
    integration_id: site.integrationId,
    time_ms: TIME_MS,
    max_bytes: MAX_BYTES,
    commands,
    transport,
    more: isPolling && (commands.length > 0 || isBusy || store.waitsForSite() || (due !== null && due <= ctx.now())),
    interval_s: isPolling ? (isInUse(ctx) ? POLL_INTERVAL_S : QUIET_INTERVAL_S) : IDLE_INTERVAL_S,
    ...(commands.length > 0 && idsOfCommands(ctx, site.requestId)),
  }
}

/** The ids that the plugin logs with the commands: of their run and its request, else of this poll. */
function idsOfCommands({ store }: ObjectContext, requestId: string | undefined) {
  const run = store.runs.find(store.commandLog.owner()?.workId ?? '')
  if (run) return { request_id: run.requestId, run_id: run.run.id }
  return requestId === undefined ? {} : { request_id: requestId }
}

/** Signs an answer like a direct request, under the id of the message that it answers. */
async function signAnswer(
  ctx: ObjectContext,
  answer: PollAnswer,
  { id, secrets }: { id: string; secrets: string[] },
): Promise<SignedAnswer> {
  const body = JSON.stringify(answer)
  const timestamp = Math.floor(ctx.now() / 1000)
  const signature = await signMessage({ id, timestamp, body, secrets, label: 'poll-answer' })
  return {
    body,
    headers: { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature },
  }
}

/** Writes to D1 when the site polled last. If that fails, the next poll writes it. */
async function writeTransport(
  ctx: ObjectContext,
  { hasResults, isBack }: { hasResults: boolean; isBack: boolean },
): Promise<void> {
  const integration = ctx.store.access.integration()
  const { projectedAt, transport } = ctx.store.transport.read()
  const pollingMs = isInUse(ctx) ? IDLE_PROJECTION_MS : QUIET_PROJECTION_MS
  const quietMs = transport === 'polling' ? pollingMs : DIRECT_PROJECTION_MS
  const pauseMs = isBack ? 0 : hasResults ? BUSY_PROJECTION_MS : quietMs
  if (!integration || (projectedAt !== null && ctx.now() - projectedAt < pauseMs)) return
  const needsCheck = transport === 'polling' && (isBack || projectedAt === null)
  const link = { ...describeTransport(ctx.store), needsCheck }
  try {
    await writeProjection(ctx, integration, { epoch: null, counts: countsOf(ctx.store), link })
    ctx.store.transport.save({ projectedAt: ctx.now() })
  } catch (cause) {
    log.warn('transport not projected', { cause })
  }
}
