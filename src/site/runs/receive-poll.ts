import { PollRequest, type PollAnswer } from '../../contract/polling.ts'
import { PROTOCOL } from '../../contract/link.ts'
import { writeProjection } from '../../db/projection.ts'
import { log } from '../../lib/log.ts'
import { signMessage } from '../../lib/signature.ts'
import { describeTransport, POLL_INTERVAL_S, IDLE_INTERVAL_S, isSilent, switchIfDue } from '../transport/choice.ts'
import type { CallingKey, RpcResult, SignedAnswer, WebhookMessage } from '../rpc.ts'
import { countsOf, runNext, type ObjectContext } from './runner.ts'
import { verifyFromSite } from './receive-webhook.ts'

/** What the plugin is told to bound its work by: the time of a batch, and bytes of its results. */
const TIME_MS = 20_000
const MAX_BYTES = 1_000_000
/** After this no further step of the engine is begun while the site waits for its answer. */
const WORK_MS = 5_000
/** D1 is told of the site's calls, and of progress, at most this often. */
const IDLE_PROJECTION_MS = 300_000
const BUSY_PROJECTION_MS = 15_000
const DIRECT_PROJECTION_MS = 6 * 3_600_000

/** Does work in an exclusive turn at the site. @returns false when somebody else has it: then nothing is done */
export type TryTurn = (work: () => Promise<void>) => Promise<boolean>

const refuse = (code: (RpcResult<never> & { ok: false })['code'], detail: string): RpcResult<never> => ({
  ok: false,
  code,
  detail,
})

/**
 * Takes in a call of the site: its results first, then the engine's next steps with them, and answers with what the site
 * is to do next. A call whose answer was lost is answered with the same commands again; a result that comes twice has no
 * second effect.
 * @param tryTurn at most one request at a time goes to the site: while it is being called, the engine stands still
 */
export async function receivePoll(
  ctx: ObjectContext,
  site: CallingKey & { integrationId: string },
  message: WebhookMessage,
  tryTurn: TryTurn,
): Promise<RpcResult<SignedAnswer>> {
  const { store } = ctx
  const signed = await verifyFromSite(ctx, site, message)
  if (!signed.ok) return signed
  const integrationRef = store.access.integration()
  if (integrationRef?.integrationId !== site.integrationId)
    return refuse('integration_not_found', 'Integration not found')
  const parsed = PollRequest.safeParse(JSON.parse(message.body))
  if (!parsed.success) return refuse('validation_error', 'The body is not an polling.')
  const { results, wants } = parsed.data
  const startedAt = ctx.now()
  const wasSilent = store.transport.read().transport === 'polling' && isSilent(store, startedAt)
  store.transport.notePoll(startedAt)
  switchIfDue(store, startedAt)
  let taken = 0
  for (const result of results) if (store.commandLog.answer(result, ctx.now())) taken++
  const isBusy = store.transport.read().transport === 'polling' && !(await tryTurn(() => work(ctx, startedAt)))
  await writeTransport(ctx, taken > 0, wasSilent)
  const answer = nextCommands(ctx, site, wants, isBusy)
  if (taken > 0 || answer.commands.length > 0)
    log.info('site called', { trigger: parsed.data.trigger, results: taken, commands: answer.commands.length })
  return { ok: true, value: await sign(ctx, answer, signed.value) }
}

/** Plays the engine until it needs the site, or has nothing to do, or the site has waited long enough. */
async function work(ctx: ObjectContext, startedAt: number): Promise<void> {
  while (ctx.now() - startedAt < WORK_MS) {
    const due = ctx.store.nextWorkAt()
    if (due === null || due > ctx.now()) return
    await runNext(ctx)
  }
}

function nextCommands(
  ctx: ObjectContext,
  site: CallingKey & { integrationId: string },
  wants: PollRequest['wants'],
  isBusy: boolean,
): PollAnswer {
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
    interval_s: isPolling ? POLL_INTERVAL_S : IDLE_INTERVAL_S,
    ...(commands.length > 0 && namesOf(ctx, site.requestId)),
  }
}

/** What the commands are for: the run that asks and the request that started it, else the call that fetches them. */
function namesOf({ store }: ObjectContext, requestId: string | undefined) {
  const run = store.runs.find(store.commandLog.owner()?.workId ?? '')
  if (run) return { request_id: run.requestId, run_id: run.run.id }
  return requestId === undefined ? {} : { request_id: requestId }
}

/** Signed as the direct transport signs a request, under the id of the message that it answers. */
async function sign(
  ctx: ObjectContext,
  answer: PollAnswer,
  { id, secrets }: { id: string; secrets: string[] },
): Promise<SignedAnswer> {
  const body = JSON.stringify(answer)
  const timestamp = Math.floor(ctx.now() / 1000)
  const signature = await signMessage({ id, timestamp, body, secrets })
  return {
    body,
    headers: { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature },
  }
}

/** Shows in D1 when the site has called; where that fails the next call makes up for it. */
async function writeTransport(ctx: ObjectContext, isBusy: boolean, isBack: boolean): Promise<void> {
  const integrationRef = ctx.store.access.integration()
  const { projectedAt, transport } = ctx.store.transport.read()
  const quiet = transport === 'polling' ? IDLE_PROJECTION_MS : DIRECT_PROJECTION_MS
  const pause = isBack ? 0 : isBusy ? BUSY_PROJECTION_MS : quiet
  if (!integrationRef || (projectedAt !== null && ctx.now() - projectedAt < pause)) return
  const link = { ...describeTransport(ctx.store), isNews: transport === 'polling' && (isBack || projectedAt === null) }
  try {
    await writeProjection(ctx, integrationRef, { epoch: null, counts: countsOf(ctx.store), link })
    ctx.store.transport.save({ projectedAt: ctx.now() })
  } catch (cause) {
    log.warn('transport not projected', { cause })
  }
}
