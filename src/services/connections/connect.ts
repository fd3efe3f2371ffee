import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import type { ConnectRequest, TestResult } from '../../contract/integrations.ts'
import { MIN_PLUGIN_VERSION } from '../../contract/link.ts'
import { insertWhile } from '../../db/insert-while.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations } from '../../db/schema/index.ts'
import { isTooOld } from '../../lib/plugin-version.ts'
import { type SiteAuthorization, authorizeSite } from './authorize-site.ts'
import { type Change, findAuthority, findChange, isEditorOf, isSameAddress } from './changes.ts'
import { storeConnection, type Verified } from './connect-store.ts'
import { askForConfirmation } from './pending-changes.ts'
import { hasSite } from './still.ts'
import { offerPolling, verifyPolling } from './polling-challenge.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { readKnownSecrets, type SignedRequest } from '../link.ts'
import { assertSupported } from '../integrations/index.ts'
import { assertKeyMayWrite, unwrap } from '../site-calls.ts'
import { readPluginUrl } from '../site-url.ts'
import type { IntegrationRow } from '../tenant.ts'
import { chargeUnverifiedCall } from '../unverified.ts'
import type { ProbeOutcome } from '../../site/rpc.ts'

/** A connect request that crashed leaves an unfinished integration. After this time another request takes it over. */
const STALE_CONNECT_MS = 120_000

interface Connected {
  /** Whether this call created the integration or took over an unfinished one. */
  created: boolean
  result: TestResult
}

interface ConnectArgs {
  ctx: ServiceContext<Actor>
  input: ConnectRequest
  /** The raw request, if it is signed. */
  message?: SignedRequest | undefined
  /** Network address of the caller. */
  requestedFrom: string | null
}

/** A connect request whose caller may connect the site. */
interface AuthorizedRequest extends ConnectArgs {
  authorization: SiteAuthorization
  startedAt: number
}

/**
 * Connects a plugin: creates the site's integration if there is none, and calls the site. On failure it deletes the
 * integration, but only if this call created it or took it over. A new secret or address for a connection that exists
 * needs more than the API key (changes.ts).
 * @throws ServiceError `site_not_found`, `invalid_api_key`, `role_too_low`, `plugin_too_old`, `sync_disabled`,
 *   `conflict`, `connection_change_needs_confirmation`, `connection_change_refused`, or the reason why the site can't be
 *   called
 */
export async function connectIntegration(args: ConnectArgs): Promise<Connected> {
  const { ctx } = args
  assertSupported(args.input.platform)
  const authorization = await authorizeSite({ ctx, input: args.input })
  const { actor, site } = ctx
  // a key in the header was checked only in KV; ask the object too
  if (actor.kind === 'api_key') await assertKeyMayWrite({ actor, site })
  const input = { ...args.input, site_url: readPluginUrl(ctx.config, args.input.site_url) }
  if (input.plugin_version !== undefined && isTooOld(input.plugin_version)) {
    const detail = `This is version ${input.plugin_version}; the oldest that works is ${MIN_PLUGIN_VERSION}.`
    throw new ServiceError('plugin_too_old', detail)
  }
  const authorized: AuthorizedRequest = { ...args, input, authorization, startedAt: ctx.now() }
  const { row, created } = await findOrCreate(authorized)
  if (!row.isActive) throw new ServiceError('sync_disabled', 'This integration is switched off in IGNY8.')
  try {
    return { created, result: await connectTo(authorized, row) }
  } catch (cause) {
    if (created) await removeCreated(ctx, row)
    throw cause
  }
}

/** Decides what the request changes and on whose word, calls the site, and stores the connection. */
async function connectTo(authorized: AuthorizedRequest, row: IntegrationRow, isRepeat = false): Promise<TestResult> {
  const { ctx, input, authorization } = authorized
  const known = await readKnownSecrets(ctx, row)
  const change = findChange(row, known, input)
  const { authority, secrets, changeId } = await authorizeChange(authorized, row, known, change)
  const outcome = await reach(authorized, row, secrets)
  const { evidence } = outcome
  if (!outcome.ok) {
    const failure = { code: outcome.code, detail: outcome.detail }
    await recordEvent(ctx, row, { action: 'connect', startedAt: authorized.startedAt, failure })
    const polling = await offerPolling(ctx, input, outcome.code)
    throw new ServiceError(outcome.code, outcome.detail, { fix: outcome.fix, evidence, polling })
  }
  const { commandsUrl, transport, detail, plugin } = outcome
  const isStored = await storeConnection(ctx, row, {
    change,
    authority,
    changeId,
    known,
    siteUrl: input.site_url,
    transport,
    commandsUrl,
    actingUser: plugin?.acting_user,
    apiKey: input.api_key,
    actor: actorOf(authorized),
    // Not stored for a person: the messages would keep the address after the person is erased. The audit log has it and
    // can erase it.
    requestedFrom: authority === 'person' ? null : authorized.requestedFrom,
    startedAt: authorized.startedAt,
  })
  if (!isStored) {
    // a parallel request was faster; what it stored decides what this one still changes
    if (isRepeat) throw new ServiceError('conflict')
    return connectTo(authorized, await loadExisting(ctx, authorization.site.id, input), true)
  }
  return { success: true, integration_id: row.id, transport, code: 'connected', detail, fix: null, evidence }
}

/**
 * Who authorizes the change, and the secrets that sign the call. A new secret is accepted only if the answer is signed
 * with it, so then it is the only one.
 * @throws ServiceError `connection_change_needs_confirmation` for a change by the API key alone, `role_too_low` for a
 *   change without a key by somebody who may not make it
 */
async function authorizeChange(
  { ctx, input, authorization, message, requestedFrom }: AuthorizedRequest,
  row: IntegrationRow,
  known: string[],
  change: Change,
): Promise<Pick<Verified, 'authority' | 'changeId'> & { secrets: string[] }> {
  const secrets = change.secret === null ? known : [change.secret]
  if (row.credentials === null) return { authority: 'first', secrets }
  if (change.secret === null && change.address === null) return { authority: null, secrets }
  const authority = await findAuthority(ctx, row, known, message)
  if (authority) return { authority, secrets }
  const { keyId } = authorization
  if (keyId === null) throw new ServiceError('role_too_low')
  const confirmed = await askForConfirmation(ctx, { row, change, request: input, keyId, requestedFrom })
  return { authority: 'confirmed', secrets, changeId: confirmed.id }
}

/** For the audit log: the signed-in person if they are an editor of the account or no key was sent, else the key. */
function actorOf({ ctx, authorization: { site, keyId } }: AuthorizedRequest): Verified['actor'] {
  const { actor } = ctx
  if (actor.kind !== 'anonymous' && (keyId === null || isEditorOf(actor, site.accountId))) return actor
  return { kind: 'api_key', keyId: keyId ?? '', accountId: site.accountId, siteId: site.id, scopes: [] }
}

/** Calls the site, or verifies that it polls. */
async function reach(
  authorized: AuthorizedRequest,
  row: IntegrationRow,
  signingSecrets: string[],
): Promise<ProbeOutcome> {
  const { ctx, input, message, authorization } = authorized
  const { site, keyId } = authorization
  const { requestId, pluginRequestId } = ctx
  const call = {
    accountId: site.accountId,
    siteId: site.id,
    integrationId: row.id,
    keyId,
    requestId,
    pluginRequestId,
  }
  if (!(await verifyPolling(ctx, input, message))) {
    const isVerified = row.lastVerifiedAt !== null && isSameAddress(row.siteUrl, input.site_url)
    if (!isVerified) await chargeUnverifiedCall(ctx, { accountId: site.accountId, siteUrl: input.site_url })
    const target = { siteUrl: input.site_url, signingSecrets, restRoot: input.rest_root ?? null, mayPoll: false }
    return unwrap(await ctx.site(site.id).probe({ ...call, ...target }))
  }
  unwrap(await ctx.site(site.id).enablePolling(call))
  return {
    ok: true,
    transport: 'polling',
    detail: 'The site can’t be called from outside; it fetches its commands itself.',
    commandsUrl: null,
    plugin: null,
    evidence: [{ step: 'polling', note: 'the site has carried out a command and signed its answer' }],
    clockSkewS: null,
  }
}

async function findOrCreate({ ctx, authorization: { site }, input }: AuthorizedRequest) {
  const now = new Date(ctx.now())
  const abandoned = and(
    eq(integrations.connection, 'authenticating'),
    isNull(integrations.credentials),
    lt(integrations.updatedAt, new Date(ctx.now() - STALE_CONNECT_MS)),
  )
  const values = {
    id: ctx.newId('int'),
    accountId: site.accountId,
    siteId: site.id,
    platform: input.platform,
    siteUrl: input.site_url,
    connection: 'authenticating' as const,
    connectionSince: now,
    config: {},
    typeSettings: {},
    createdAt: now,
    updatedAt: now,
  }
  const [inserted] = await insertWhile(ctx.db, integrations, values, hasSite(ctx, values))
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

/** Deletes the integration that this call created, unless another request has connected it since. */
async function removeCreated(ctx: ServiceContext<Actor>, row: IntegrationRow): Promise<void> {
  await ctx.db.delete(integrations).where(and(eq(integrations.id, row.id), isNull(integrations.credentials)))
}
