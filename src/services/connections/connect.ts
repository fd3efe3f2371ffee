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
import { type Admission, authorizeSite } from './authorize-site.ts'
import { offerPolling, type SignedRequest, verifyPolling } from './polling-challenge.ts'
import { verifiedColumns } from './verified-columns.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertSupported } from '../integrations/index.ts'
import { publishChange, scheduleCheck, unwrap } from '../site-calls.ts'
import type { IntegrationRow } from '../tenant.ts'
import type { ProbeOutcome } from '../../site/rpc.ts'

/** A test that made an integration and never ended it (a crash) is taken over after this. */
const STALE_TEST_MS = 120_000

interface Connected {
  /** Whether the integration was made by this call. */
  made: boolean
  result: TestResult
}

/**
 * The collection-level test, by which a plugin connects: makes the integration where there is none, calls the site, and
 * on failure deletes what it made, and never one that existed before.
 * @throws ServiceError `site_not_found`, `invalid_api_key`, `plugin_too_old`, `sync_disabled`, `conflict`, or the reason why the site can't
 *   be called
 */
export async function connectIntegration(args: {
  ctx: ServiceContext<Actor>
  input: ConnectRequest
  /** The request as it came, where it is signed. */
  message?: SignedRequest | undefined
}): Promise<Connected> {
  const { ctx, input, message } = args
  assertSupported(input.platform)
  const admission = await authorizeSite({ ctx, input })
  if (input.plugin_version !== undefined && isTooOld(input.plugin_version)) {
    const detail = `This is version ${input.plugin_version}; the oldest that works is ${MIN_PLUGIN_VERSION}.`
    throw new ServiceError('plugin_too_old', detail)
  }
  const startedAt = ctx.now()
  const { row, made } = await findOrMake(ctx, admission, input)
  if (!row.isActive) throw new ServiceError('sync_disabled', 'This integration is switched off in IGNY8.')
  const signingSecrets = await collectSecrets(ctx, row, input)
  const look = (await verifyPolling(ctx, input, message))
    ? adopt(ctx, admission, row)
    : probe(ctx, admission, row, input, signingSecrets)
  const outcome = await look.catch(async (cause: unknown) => {
    if (made) await removeMade(ctx, row)
    throw cause
  })
  const { evidence } = outcome
  if (!outcome.ok) {
    if (made) await removeMade(ctx, row)
    const failure = { code: outcome.code, detail: outcome.detail }
    await recordEvent(ctx, row, { action: 'connect', startedAt, failure })
    const polling = await offerPolling(ctx, input, outcome.code)
    throw new ServiceError(outcome.code, outcome.detail, { fix: outcome.fix, evidence, polling })
  }
  const { commandsUrl, transport, detail } = outcome
  const proof = { commandsUrl, transport, signingSecrets, startedAt }
  const integrationId = await storeConnection(ctx, row, input, proof)
  return {
    made,
    result: { success: true, integration_id: integrationId, transport, code: 'connected', detail, fix: null, evidence },
  }
}

/** The request, as both sides name it. */
const requestOf = ({ requestId, pluginRequestId }: ServiceContext<Actor>) => ({ requestId, pluginRequestId })

/** The site can't be called, and has shown that it calls: its object waits for it from now on. */
async function adopt(
  ctx: ServiceContext<Actor>,
  { site, keyId }: Admission,
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

async function findOrMake(ctx: ServiceContext<Actor>, { site }: Admission, input: ConnectRequest) {
  const now = new Date(ctx.now())
  const abandoned = and(
    eq(integrations.connection, 'authenticating'),
    isNull(integrations.credentials),
    lt(integrations.updatedAt, new Date(ctx.now() - STALE_TEST_MS)),
  )
  const [made] = await ctx.db
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
  if (made) return { row: made, made: true }
  return { row: await loadExisting(ctx, site.id, input), made: false }
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

/** The secret that the plugin made now, then the ones it had before. */
async function collectSecrets(
  ctx: ServiceContext<Actor>,
  row: IntegrationRow,
  input: ConnectRequest,
): Promise<string[]> {
  const known = await openSigningSecrets(ctx.config.keyRing, row, ctx.now()).catch((cause: unknown) => {
    // whoever connects anew brings a secret: an old one that no key opens any more is no loss
    log.warn('credentials not opened', { integration_id: row.id, cause })
    return []
  })
  const all = input.signing_secret === undefined ? known : [input.signing_secret, ...known]
  return [...new Set(all)].slice(0, 2)
}

async function probe(
  ctx: ServiceContext<Actor>,
  { site, keyId }: Admission,
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

/** Deletes the integration that this call made, unless another test has connected it meanwhile. */
async function removeMade(ctx: ServiceContext<Actor>, row: IntegrationRow): Promise<void> {
  await ctx.db.delete(integrations).where(and(eq(integrations.id, row.id), isNull(integrations.credentials)))
}

interface Proof {
  commandsUrl: string | null
  transport: Transport
  signingSecrets: string[]
  startedAt: number
}

/** @returns the id of the integration, which is another one when it was made anew while the site was asked */
async function storeConnection(
  ctx: ServiceContext<Actor>,
  row: IntegrationRow,
  input: ConnectRequest,
  proof: Proof,
): Promise<string> {
  const key = input.api_key
  const proven = {
    ...(await verifiedColumns(ctx, row, { ...proof, siteUrl: input.site_url })),
    ...(key !== undefined && { apiKeyId: `key_${key.slice(6, 16)}`, apiKeyMasked: maskApiKey(key) }),
  }
  // a parallel test that failed may have deleted the row meanwhile: the insert brings it back
  try {
    await ctx.db.batch([
      ctx.db
        .insert(integrations)
        .values({ ...row, ...proven })
        .onConflictDoUpdate({ target: integrations.id, set: proven }),
      recordEvent(ctx, row, { action: 'connect', startedAt: proof.startedAt }),
    ])
    await scheduleCheck(ctx, row, proven.nextCheckAt.getTime())
    publishChange(ctx, row.siteId)
    return row.id
  } catch (cause) {
    if (!isUniqueViolation(cause, 'integrations')) throw cause
    return storeConnection(ctx, await loadExisting(ctx, row.siteId, input), input, proof)
  }
}
