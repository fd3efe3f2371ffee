import type { TestResult } from '../../contract/integrations.ts'
import { COMMAND_DATA, type StatusData } from '../../contract/link.ts'
import type { MoveRequest } from '../../contract/move.ts'
import { recordEvent } from '../../db/record-event.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import { verifyMessage } from '../../lib/signature.ts'
import { isWithin } from '../../lib/site-address.ts'
import { assertAddressFree, type Move, storeMove } from './move-store.ts'
import { answersChallenge, offerPolling, type SignedRequest } from './polling-challenge.ts'
import type { ApiKeyActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertKeyMayWrite, toRpcCall, unwrap } from '../site-calls.ts'
import { normalizeSiteUrl } from '../sites/index.ts'
import { type IntegrationRow, loadIntegration } from '../tenant.ts'
import type { ProbeOutcome } from '../../site/rpc.ts'

type MoveContext = ServiceContext<ApiKeyActor>

type Told = Pick<StatusData, 'home_url' | 'install'>

type Seen = { transport: Move['transport']; commandsUrl: string | null; detail: string; told: Told } & Pick<
  ProbeOutcome,
  'evidence'
>

/** The key alone moves nothing: the message is signed by what holds the link's secret. @returns the secrets */
async function assertSigned(ctx: MoveContext, row: IntegrationRow, message: SignedRequest): Promise<string[]> {
  const secrets = await openSigningSecrets(ctx.config.keyRing, row, ctx.now())
  const verified = await verifyMessage({ ...message, secrets, nowS: Math.round(ctx.now() / 1000) })
  if (!verified.ok) throw new ServiceError(verified.reason, 'The message is not signed as it has to be.')
  return secrets
}

/** The site can't be called under its new address either, and has shown there that it calls. */
const seenByPolling = (told: unknown): Seen => ({
  transport: 'polling',
  commandsUrl: null,
  detail: 'The site can’t be called from outside; it fetches its commands itself.',
  evidence: [{ step: 'polling', note: 'the site has carried out a command and signed its answer' }],
  told: COMMAND_DATA.status.parse(told),
})

/** Calls the new address. @throws ServiceError why it can't be called, with what would do instead */
async function lookAt(
  ctx: MoveContext,
  row: IntegrationRow,
  request: MoveRequest & { site_id: string },
  signingSecrets: string[],
): Promise<Seen> {
  const outcome = unwrap(
    await ctx.site(row.siteId).probe({
      ...toRpcCall(ctx, row),
      siteUrl: request.site_url,
      signingSecrets,
      restRoot: request.rest_root ?? null,
      mayPoll: false,
    }),
  )
  if (outcome.ok && outcome.plugin) {
    const { commandsUrl, detail, evidence, plugin } = outcome
    return { transport: 'direct', commandsUrl, detail, evidence, told: plugin }
  }
  const { code, detail, fix } = outcome.ok
    ? { code: 'response_invalid' as const, detail: outcome.detail, fix: undefined }
    : outcome
  const polling = await offerPolling(ctx, request, code)
  throw new ServiceError(code, detail, { fix, evidence: outcome.evidence, polling })
}

/** What answers there has to take itself for the site at that address: anything may stand in front of another one. */
function assertAtHome({ told }: Seen, to: string): void {
  // plugins for several languages have the front page of each below the site's own
  if (isWithin(told.home_url, to)) return
  throw new ServiceError('invalid_site_url', `The site that answers at ${to} calls itself ${told.home_url}.`, {
    fix: 'Set the Site Address under Settings → General to the address that visitors see.',
  })
}

/**
 * Follows a site to another address, at the word of its owner in wp-admin: looks at it there, and only when it has answered
 * a signed command changes the addresses of integration and site. Repeating it completes what broke off before.
 * @throws ServiceError `integration_not_found`, `sync_disabled`, the codes of signatures, `site_url_taken`, `conflict`, or
 *   the reason why the new address can't be called; then all is as it was
 */
export async function moveIntegration({
  ctx,
  input,
}: {
  ctx: MoveContext
  input: { id: string; request: MoveRequest; message: SignedRequest }
}): Promise<TestResult> {
  await assertKeyMayWrite(ctx)
  const row = await loadIntegration({ ctx, id: input.id })
  const known = await assertSigned(ctx, row, input.message)
  if (!row.isActive) throw new ServiceError('sync_disabled', 'This integration is switched off in IGNY8.')
  const to = normalizeSiteUrl(input.request.site_url)
  const request = { ...input.request, site_id: row.siteId, site_url: to }
  const startedAt = ctx.now()
  try {
    await assertAddressFree(ctx, row, to)
    const result = request.polling?.result
    const secrets = [...new Set([request.signing_secret, ...known])].slice(0, 2)
    const proven = result?.ok && (await answersChallenge(ctx, request, result)) ? result.data : null
    const seen = proven === null ? await lookAt(ctx, row, request, secrets) : seenByPolling(proven)
    assertAtHome(seen, to)
    const { transport, commandsUrl } = seen
    const from = [row.siteUrl, seen.told.install?.connected_url ?? row.siteUrl]
    await storeMove(ctx, row, { to, from, transport, commandsUrl, secret: request.signing_secret, startedAt })
    if (transport === 'polling') unwrap(await ctx.site(row.siteId).enablePolling(toRpcCall(ctx, row)))
    const { detail, evidence } = seen
    return { success: true, integration_id: row.id, transport, code: 'moved', detail, fix: null, evidence }
  } catch (cause) {
    if (cause instanceof ServiceError) {
      const failure = { code: cause.code, detail: cause.message }
      await recordEvent(ctx, row, { action: 'move', startedAt, failure })
    }
    throw cause
  }
}
