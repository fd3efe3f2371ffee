import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import type { ConnectRequest, TestResult } from '../../contract/integrations.ts'
import { MIN_PLUGIN_VERSION } from '../../contract/link.ts'
import type { Transport } from '../../contract/polling.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations } from '../../db/schema/index.ts'
import { maskApiKey } from '../../lib/api-key.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import { log } from '../../lib/log.ts'
import { isTooOld } from '../../lib/plugin-version.ts'
import { type SiteAuthorization, authorizeSite } from './authorize-site.ts'
import { offerPolling, type SignedRequest, verifyPolling } from './polling-challenge.ts'
import { verifiedColumns } from './verified-columns.ts'
import { appendAudit } from '../audit/index.ts'
import { type Actor, describeActor, type ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertSupported } from '../integrations/index.ts'
import { publishChange, scheduleCheck, unwrap } from '../site-calls.ts'
import type { IntegrationRow } from '../tenant.ts'
import type { ProbeOutcome } from '../../site/rpc.ts'

/** A connect request that crashed leaves an unfinished integration. After this time another request takes it over. */
const STALE_TEST_MS = 120_000

interface Connected {
  /** Whether this call created the integration. */
  created: boolean
  result: TestResult
}

/**
 * Connects a plugin: creates the site's integration if there is none, and calls the site. On failure it deletes the
 * integration, but only if this call created it.
 * @throws ServiceError `site_not_found`, `invalid_api_key`, `plugin_too_old`, `sync_disabled`, `conflict`, or the
 *   reason why the site can't be called
 */
export async function connectIntegration(args: {
  ctx: ServiceContext<Actor>
  input: ConnectRequest
  /** The raw request, if it is signed. */
  message?: SignedRequest | undefined
}): Promise<Connected> {
  const { ctx, input, message } = args
  assertSupported(input.platform)
  const authorization = await authorizeSite({ ctx, input })
  if (input.plugin_version !== undefined && isTooOld(input.plugin_version)) {
    const detail = `This is version ${input.plugin_version}; the oldest that works is ${MIN_PLUGIN_VERSION}.`
    throw new ServiceError('plugin_too_old', detail)
  }
  const startedAt = ctx.now()
  const { row, created } = await findOrCreate(ctx, authorization, input)
  if (!row.isActive) throw new ServiceError('sync_disabled', 'This integration is switched off in IGNY8.')
  const signingSecrets = await collectSecrets(ctx, row, input)
  const attempt = (await verifyPolling(ctx, input, message))
    ? enablePolling(ctx, authorization, row)
    : probe(ctx, authorization, row, input, signingSecrets)
  const outcome = await attempt.catch(async (cause: unknown) => {
    if (created) await removeCreated(ctx, row)
    throw cause
  })
  const { evidence } = outcome
  if (!outcome.ok) {
    if (created) await removeCreated(ctx, row)
    const failure = { code: outcome.code, detail: outcome.detail }
    await recordEvent(ctx, row, { action: 'connect', startedAt, failure })
    const polling = await offerPolling(ctx, input, outcome.code)
    throw new ServiceError(outcome.code, outcome.detail, { fix: outcome.fix, evidence, polling })
  }
  const { commandsUrl, transport, detail } = outcome
  const verification = { commandsUrl, transport, signingSecrets, startedAt }
  const integrationId = await storeConnection(ctx, row, input, verification)
  return {
    created,
    result: { success: true, integration_id: integrationId, transport, code: 'connected', detail, fix: null, evidence },
  }
}

/** The request's ids, for the log on both sides. */
const requestOf = ({ requestId, pluginRequestId }: ServiceContext<Actor>) => ({ requestId, pluginRequestId })

/** Switches the site's object to polling. The site can't be called, and has shown that it can poll. */
async function enablePolling(
  ctx: ServiceContext<Actor>,
  { site, keyId }: SiteAuthorization,
  row: IntegrationRow,
): Promise<ProbeOutcome> {
  const call = { accountId: site.accountId, siteId: site.id, integrationId: row.id, keyId, ...requestOf(ctx) }
  unwrap(await ctx.site(site.id).enablePolling(call))
  const detail = 'The site can’t be called from outside; it fetches its commands itself.'
  return {
    ok: true,
    transport: 'polling',
    detail,
    commandsUrl: null,
    plugin: null,
    evidence: [{ step: 'polling', note: 'the site has carried out a command and signed its answer' }],
    clockSkewS: null,
  }
}

async function findOrCreate(ctx: ServiceContext<Actor>, { site }: SiteAuthorization, input: ConnectRequest) {
  const now = new Date(ctx.now())
  const abandoned = and(
    eq(integrations.connection, 'authenticating'),
    isNull(integrations.credentials),
    lt(integrations.updatedAt, new Date(ctx.now() - STALE_TEST_MS)),
  )
  const [inserted] = await ctx.db
    .insert(integrations)
    .values({
      id: ctx.newId('int'),
      accountId: site.accountId,
      siteId: site.id,
      platform: input.platform,
      siteUrl: input.site_url,
      connection: 'authenticating',
      connectionSince: now,
      config: {},
      typeSettings: {},
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoUpdate({
      target: [integrations.siteId, integrations.platform],
      set: { updatedAt: now, siteUrl: input.site_url },
      setWhere: abandoned ?? sql`false`,
    })
    .returning()
  if (inserted) return { row: inserted, created: true }
  return { row: await loadExisting(ctx, site.id, input), created: false }
}

async function loadExisting(
  ctx: ServiceContext<Actor>,
  siteId: string,
  input: ConnectRequest,
): Promise<IntegrationRow> {
  const [row] = await ctx.db
    .select()
    .from(integrations)
    .where(and(eq(integrations.siteId, siteId), eq(integrations.platform, input.platform)))
    .limit(1)
  if (!row) throw new ServiceError('conflict')
  return row
}

/** The stored signing secrets, newest first. A connect request brings its own, so one that no key opens is not needed. */
const openKnown = (ctx: ServiceContext<Actor>, row: IntegrationRow): Promise<string[]> =>
  openSigningSecrets(ctx.config.keyRing, row, ctx.now()).catch((cause: unknown) => {
    log.warn('credentials not opened', { integration_id: row.id, cause })
    return []
  })

/** The signing secrets, newest first: the one in this request, then the stored ones. */
async function collectSecrets(
  ctx: ServiceContext<Actor>,
  row: IntegrationRow,
  input: ConnectRequest,
): Promise<string[]> {
  const known = await openKnown(ctx, row)
  const all = input.signing_secret === undefined ? known : [input.signing_secret, ...known]
  return [...new Set(all)].slice(0, 2)
}

async function probe(
  ctx: ServiceContext<Actor>,
  { site, keyId }: SiteAuthorization,
  row: IntegrationRow,
  input: ConnectRequest,
  signingSecrets: string[],
): Promise<ProbeOutcome> {
  return unwrap(
    await ctx.site(site.id).probe({
      accountId: site.accountId,
      siteId: site.id,
      integrationId: row.id,
      keyId,
      ...requestOf(ctx),
      siteUrl: input.site_url,
      signingSecrets,
      restRoot: input.rest_root ?? null,
      mayPoll: false,
    }),
  )
}

/** Deletes the integration that this call created, unless another request has connected it since. */
async function removeCreated(ctx: ServiceContext<Actor>, row: IntegrationRow): Promise<void> {
  await ctx.db.delete(integrations).where(and(eq(integrations.id, row.id), isNull(integrations.credentials)))
}

interface Verification {
  commandsUrl: string | null
  transport: Transport
  signingSecrets: string[]
  startedAt: number
}

/** Who connects: a request without a session is its key's. */
const actorOf = (ctx: ServiceContext<Actor>, { accountId, siteId }: IntegrationRow, keyId: string | undefined): Actor =>
  ctx.actor.kind === 'anonymous' && keyId !== undefined
    ? { kind: 'api_key', keyId, accountId, siteId, scopes: [] }
    : ctx.actor

/** What a connect request changes of an integration that was connected before: for the audit log. */
async function findChanged(
  ctx: ServiceContext<Actor>,
  row: IntegrationRow,
  { site_url: siteUrl, signing_secret: secret }: ConnectRequest,
  keyId: string | undefined,
): Promise<string[]> {
  if (row.credentials === null) return []
  const known = secret === undefined ? [] : await openKnown(ctx, row)
  return [
    ...(siteUrl === row.siteUrl ? [] : ['address']),
    ...(secret === undefined || known[0] === secret ? [] : ['secret']),
    ...(keyId === undefined || keyId === row.apiKeyId ? [] : ['key']),
  ]
}

/**
 * @returns the integration's id. It differs from `row.id` if the integration was recreated during the call to the site
 */
async function storeConnection(
  ctx: ServiceContext<Actor>,
  row: IntegrationRow,
  input: ConnectRequest,
  verification: Verification,
): Promise<string> {
  const key = input.api_key
  const columns = {
    ...(await verifiedColumns(ctx, row, { ...verification, siteUrl: input.site_url })),
    ...(key !== undefined && { apiKeyId: `key_${key.slice(6, 16)}`, apiKeyMasked: maskApiKey(key) }),
  }
  const actor = actorOf(ctx, row, columns.apiKeyId)
  // a parallel connect request that failed may have deleted the row; the insert restores it
  try {
    const changes = [
      ctx.db
        .insert(integrations)
        .values({ ...row, ...columns })
        .onConflictDoUpdate({ target: integrations.id, set: columns }),
      recordEvent(ctx, row, { action: 'connect', startedAt: verification.startedAt, actor: describeActor(actor) }),
    ] as const
    const metadata = { site_id: row.siteId, changed: await findChanged(ctx, row, input, columns.apiKeyId) }
    const entry = {
      action: 'integration.connected',
      entityId: row.id,
      accountId: row.accountId,
      metadata,
      actor,
    } as const
    await appendAudit({ ctx, input: { entry, changes } })
    await scheduleCheck(ctx, row, columns.nextCheckAt.getTime())
    publishChange(ctx, row.siteId)
    return row.id
  } catch (cause) {
    if (!isUniqueViolation(cause, 'integrations')) throw cause
    return storeConnection(ctx, await loadExisting(ctx, row.siteId, input), input, verification)
  }
}
