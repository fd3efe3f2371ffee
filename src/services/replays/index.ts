/**
 * What an operator has tried again at once: deliveries and mails that have failed or wait, what sites could not be asked, and
 * what waits for an event database. Each call does a bounded part and says how much; repeating it is harmless.
 */
import { and, asc, eq, gt, notInArray, type SQL, sql } from 'drizzle-orm'
import { DELIVERY_LIFETIME_S } from '../../contract/notifications.ts'
import type { Replay, ReplayRequest, WokenObject } from '../../contract/operator-page.ts'
import type { Db } from '../../db/client.ts'
import { flushOutbox } from '../../db/events/outbox.ts'
import { integrations, sites } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { inGroups } from '../api-keys/index.ts'
import { auditOperator } from '../audit/index.ts'
import type { OperatorActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { unwrap } from '../site-calls.ts'
import { assertOpen } from '../suspension/state.ts'

type OperatorContext = ServiceContext<OperatorActor>

/** Deliveries of a database, and sites, that one call takes. */
const MOST_DELIVERIES = 500
const MOST_SITES = 50
/** Pages of the outbox. */
const MOST_PAGES = 10
/** Failures of the last week: older messages are of no use. */
const WEEK_MS = 7 * 86_400_000
/** An attempt that is under way holds its delivery for so long. */
const LEASE_MS = 3 * 60_000

type Channel = 'webhook' | 'email'

function conditionOf({ account_id: accountId, code }: ReplayRequest): SQL {
  const account = accountId === undefined ? sql`` : sql`AND account_id = ${accountId}`
  return code === undefined ? account : sql`${account} AND error_code = ${code}`
}

/** Failed deliveries wait again, with all their attempts; waiting ones are due now. */
async function retryDeliveries(shard: Db, channel: Channel, request: ReplayRequest, now: number): Promise<number> {
  const condition = conditionOf(request)
  const failed = await shard.all<{ id: string }>(
    sql`UPDATE notification_deliveries SET status = 'pending', attempts = 0, next_attempt_at = ${now}, finished_at = NULL,
        expires_at = ${now + DELIVERY_LIFETIME_S * 1000}
      WHERE status = 'failed' AND (account_id, id) IN (
        SELECT account_id, id FROM notification_deliveries WHERE status = 'failed' AND created_at >= ${now - WEEK_MS}
          AND channel = ${channel} ${condition} ORDER BY created_at DESC LIMIT ${MOST_DELIVERIES})
      RETURNING id`,
  )
  const waiting = await shard.all<{ id: string }>(
    sql`UPDATE notification_deliveries SET next_attempt_at = ${now}
      WHERE status = 'pending' AND (account_id, id) IN (
        SELECT account_id, id FROM notification_deliveries WHERE next_attempt_at > ${now + LEASE_MS}
          AND channel = ${channel} ${condition} ORDER BY next_attempt_at LIMIT ${MOST_DELIVERIES})
      RETURNING id`,
  )
  return failed.length + waiting.length
}

/** @returns how many deliveries are due now, over all event databases */
async function replayDeliveries(ctx: OperatorContext, channel: Channel, request: ReplayRequest): Promise<Replay> {
  const counts = []
  for (const { db } of ctx.events.all()) counts.push(await retryDeliveries(db, channel, request, ctx.now()))
  const retried = counts.reduce((sum, count) => sum + count, 0)
  return { retried, sites: 0, unreached: 0, next: null, is_more: counts.some((count) => count >= MOST_DELIVERIES) }
}

const selectSites = ({ db }: OperatorContext, condition: SQL | undefined) =>
  db
    .select({ siteId: sites.id, accountId: sites.accountId, integrationId: integrations.id })
    .from(sites)
    .innerJoin(integrations, and(eq(integrations.siteId, sites.id), eq(integrations.platform, 'wordpress')))
    .where(condition)
    .orderBy(asc(sites.id))
    .limit(MOST_SITES)

type Place = Awaited<ReturnType<typeof selectSites>>[number]

const callOf = (ctx: OperatorContext, place: Place) =>
  ({ ...place, keyId: null, requestId: ctx.requestId, actor: 'operator' }) as const

/** Asks D1, too: a check that the object forgets again is made up for by the cron. */
const makeCheckDue = ({ db }: OperatorContext, { integrationId }: Place, at: number) =>
  db
    .update(integrations)
    .set({ nextCheckAt: new Date(at) })
    .where(and(eq(integrations.id, integrationId), notInArray(integrations.connection, ['disabled', 'key_revoked'])))

/** Wakes the objects of some sites. One that can't be reached stops no other. */
async function replayWebhooks(ctx: OperatorContext, request: ReplayRequest): Promise<Replay> {
  const { site_id: siteId, account_id: accountId, cursor } = request
  const places = await selectSites(
    ctx,
    and(
      siteId === undefined ? undefined : eq(sites.id, siteId),
      accountId === undefined ? undefined : eq(sites.accountId, accountId),
      cursor === undefined ? undefined : gt(sites.id, cursor),
    ),
  )
  if (siteId !== undefined && places.length === 0) throw new ServiceError('site_not_found')
  const replay: Replay = { retried: 0, sites: 0, unreached: 0, next: null, is_more: false }
  await inGroups(places, async (place) => {
    try {
      const { webhooks, runs } = unwrap(await ctx.site(place.siteId).wakeUp(callOf(ctx, place), true))
      replay.retried += webhooks + runs
      replay.sites++
    } catch (cause) {
      replay.unreached++
      log.warn('object not woken', { site_id: place.siteId, cause })
    }
  })
  const last = places.length === MOST_SITES ? places.at(-1) : undefined
  return last ? { ...replay, next: last.siteId, is_more: true } : replay
}

async function play(ctx: OperatorContext, request: ReplayRequest): Promise<Replay> {
  if (request.what === 'webhooks') return replayWebhooks(ctx, request)
  if (request.what !== 'events') return replayDeliveries(ctx, request.what === 'mails' ? 'email' : 'webhook', request)
  const retried = await flushOutbox({ db: ctx.db, events: ctx.events, pages: MOST_PAGES })
  return { retried, sites: 0, unreached: 0, next: null, is_more: false }
}

/** The account that a replay is for; null if it is for all. */
async function accountOf(ctx: OperatorContext, request: ReplayRequest): Promise<string | null> {
  if (request.site_id === undefined) return request.account_id ?? null
  const [place] = await selectSites(ctx, eq(sites.id, request.site_id))
  if (!place) throw new ServiceError('site_not_found')
  return place.accountId
}

/**
 * Tries again what waits.
 * @throws ServiceError `site_not_found`; `account_suspended`, for which nothing is done
 */
export async function replayWaiting({ ctx, input }: { ctx: OperatorContext; input: ReplayRequest }): Promise<Replay> {
  const accountId = await accountOf(ctx, input)
  if (accountId !== null) await assertOpen(ctx, accountId)
  const replay = await play(ctx, input)
  const { what, code, reason, site_id: siteId } = input
  const metadata = { what, reason, retried: replay.retried, ...(code !== undefined && { code }) }
  const entityId = siteId ?? accountId ?? what
  await auditOperator({ ctx, input: { action: 'operator.replayed', entityId, metadata, accountId } })
  return replay
}

/**
 * Makes a site's object check its site now, and sets its alarm anew.
 * @throws ServiceError `site_not_found`, `account_suspended`, `unavailable`
 */
export async function wakeObject({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { siteId: string; reason: string }
}): Promise<WokenObject> {
  const { siteId, reason } = input
  const [place] = await selectSites(ctx, eq(sites.id, siteId))
  if (!place) throw new ServiceError('site_not_found')
  await assertOpen(ctx, place.accountId)
  const now = ctx.now()
  await makeCheckDue(ctx, place, now)
  unwrap(await ctx.site(siteId).wakeUp(callOf(ctx, place), false))
  const { currentRun, lagS, waitingForSiteSince } = await ctx.site(siteId).runs()
  const { accountId } = place
  await auditOperator({ ctx, input: { action: 'site.woken', entityId: siteId, metadata: { reason }, accountId } })
  return {
    check_due_at: new Date(now).toISOString(),
    run: currentRun && { id: currentRun.id, status: currentRun.status, waited_s: lagS },
    waiting_for_site_since: waitingForSiteSince === null ? null : new Date(waitingForSiteSince).toISOString(),
  }
}
