import type { TestResult } from '../../contract/integrations.ts'
import { COMMAND_DATA, type StatusData } from '../../contract/link.ts'
import type { MoveRequest } from '../../contract/move.ts'
import { recordEvent } from '../../db/record-event.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import { verifyMessage } from '../../lib/signature.ts'
import { isWithin } from '../../lib/site-address.ts'
import { isSameAddress } from './changes.ts'
import { assertAddressFree, type Move, storeMove } from './move-store.ts'
import { answersChallenge, offerPolling } from './polling-challenge.ts'
import type { ApiKeyActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import type { SignedRequest } from '../link.ts'
import { assertKeyMayWrite, toRpcCall, unwrap } from '../site-calls.ts'
import { readPluginUrl } from '../site-url.ts'
import { type IntegrationRow, loadIntegration } from '../tenant.ts'
import { chargeUnverifiedCall } from '../unverified.ts'
import type { ProbeOutcome } from '../../site/rpc.ts'

type MoveContext = ServiceContext<ApiKeyActor>

type ReportedStatus = Pick<StatusData, 'home_url' | 'install'>

/** What the site answered at its new address. */
type Visit = {
  transport: Move['transport']
  commandsUrl: string | null
  detail: string
  status: ReportedStatus
} & Pick<ProbeOutcome, 'evidence'>

/** Requires a signature by the link's secret, beside the API key. */
async function assertSigned(ctx: MoveContext, row: IntegrationRow, message: SignedRequest): Promise<void> {
  const secrets = await openSigningSecrets(ctx.config.keyRing, row, ctx.now())
  const verified = await verifyMessage({ ...message, secrets, nowS: Math.round(ctx.now() / 1000) })
  if (!verified.ok) throw new ServiceError(verified.reason, 'The message’s signature does not verify.')
}

/** For a site that can't be called at its new address and has shown that it polls from there. */
const visitByPolling = (status: unknown): Visit => ({
  transport: 'polling',
  commandsUrl: null,
  detail: 'The site can’t be called from outside; it fetches its commands itself.',
  evidence: [{ step: 'polling', note: 'the site has carried out a command and signed its answer' }],
  status: COMMAND_DATA.status.parse(status),
})

/**
 * Calls the new address.
 * @throws ServiceError the reason why it can't be called, with an offer to poll if that would help
 */
async function visit(
  ctx: MoveContext,
  row: IntegrationRow,
  request: MoveRequest & { site_id: string },
): Promise<Visit> {
  if (!isSameAddress(row.siteUrl, request.site_url))
    await chargeUnverifiedCall(ctx, { accountId: row.accountId, siteUrl: request.site_url })
  const outcome = unwrap(
    await ctx.site(row.siteId).probe({
      ...toRpcCall(ctx, row),
      siteUrl: request.site_url,
      // alone: whoever answers must have the secret that is about to count
      signingSecrets: [request.signing_secret],
      restRoot: request.rest_root ?? null,
      mayPoll: false,
    }),
  )
  if (outcome.ok && outcome.plugin) {
    const { commandsUrl, detail, evidence, plugin } = outcome
    return { transport: 'direct', commandsUrl, detail, evidence, status: plugin }
  }
  const { code, detail, fix } = outcome.ok
    ? { code: 'response_invalid' as const, detail: outcome.detail, fix: undefined }
    : outcome
  const polling = await offerPolling(ctx, request, code)
  throw new ServiceError(code, detail, { fix, evidence: outcome.evidence, polling })
}

/** The site that answers must have this address as its own: a proxy may forward the address to another site. */
function assertOwnAddress({ status }: Visit, to: string): void {
  // multilingual plugins put each language's front page below the site's own
  if (isWithin(status.home_url, to)) return
  throw new ServiceError('invalid_site_url', `The site that answers at ${to} calls itself ${status.home_url}.`, {
    fix: 'Set the Site Address under Settings → General to the address that visitors see.',
  })
}

/**
 * Moves a site to another address, on its owner's request in wp-admin. Calls the site there first, and changes the
 * addresses of integration and site only after it answered a signed command. Repeating it completes an interrupted
 * move.
 * @throws ServiceError `integration_not_found`, `sync_disabled`, the codes of signatures, `site_url_taken`, `conflict`,
 *   or the reason why the new address can't be called; nothing has changed then
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
  await assertSigned(ctx, row, input.message)
  if (!row.isActive) throw new ServiceError('sync_disabled', 'This integration is switched off in IGNY8.')
  const to = readPluginUrl(ctx.config, input.request.site_url)
  const request = { ...input.request, site_id: row.siteId, site_url: to }
  const startedAt = ctx.now()
  try {
    await assertAddressFree(ctx, row, to)
    const result = request.polling?.result
    const polled = result?.ok && (await answersChallenge(ctx, request, result)) ? result.data : null
    const visited = polled === null ? await visit(ctx, row, request) : visitByPolling(polled)
    assertOwnAddress(visited, to)
    const { transport, commandsUrl } = visited
    const from = [row.siteUrl, visited.status.install?.connected_url ?? row.siteUrl]
    await storeMove(ctx, row, { to, from, transport, commandsUrl, secret: request.signing_secret, startedAt })
    if (transport === 'polling') unwrap(await ctx.site(row.siteId).enablePolling(toRpcCall(ctx, row)))
    const { detail, evidence } = visited
    return { success: true, integration_id: row.id, transport, code: 'moved', detail, fix: null, evidence }
  } catch (cause) {
    if (cause instanceof ServiceError) {
      const failure = { code: cause.code, detail: cause.message }
      await recordEvent(ctx, row, { action: 'move', startedAt, failure })
    }
    throw cause
  }
}
