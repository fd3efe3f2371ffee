import type { Config } from '../../config.ts'
import { DigestEvent, WebhookEvent } from '../../contract/content-link.ts'
import type { Db } from '../../db/client.ts'
import { readSiteLink } from '../../db/read-link.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import { log } from '../../lib/log.ts'
import { verifyMessage } from '../../lib/signature.ts'
import type { CallingKey, RpcResult, WebhookMessage } from '../rpc.ts'
import { queueRequestedDriftCheck } from '../drift/plan.ts'
import type { SiteStore } from '../replica/store.ts'

/** Credentials that were read within this time are not read again because of a signature that doesn't fit. */
const FRESH_MS = 10_000

interface WebhookContext {
  db: Db
  store: SiteStore
  config: Config
  now: () => number
  newId: (prefix: IdPrefix) => string
}

const refuse = (code: (RpcResult<never> & { ok: false })['code'], detail: string): RpcResult<never> => ({
  ok: false,
  code,
  detail,
})

/** Secrets with which the site may sign, from the object's own sealed copy; read anew from D1 where there is none. */
async function signingSecrets(
  ctx: Omit<WebhookContext, 'newId'>,
  site: CallingKey,
  isRefresh: boolean,
): Promise<string[] | null> {
  const known = isRefresh ? null : ctx.store.access.sealedCredentials()
  const integrationRef = ctx.store.access.integration()
  if (known && integrationRef) {
    const copy = { id: integrationRef.integrationId, credentials: known.sealed }
    try {
      return await openSigningSecrets(ctx.config.keyRing, copy, ctx.now())
    } catch (cause) {
      // sealed under an encryption key that has been taken away since; D1's are sealed anew
      log.info('credentials read again', { cause })
    }
  }
  const link = await readSiteLink(ctx.db, site)
  if (!link) return null
  ctx.store.access.setSealedCredentials({ ...site, integrationId: link.integrationId }, link.credentials, ctx.now())
  return openSigningSecrets(ctx.config.keyRing, { id: link.integrationId, credentials: link.credentials }, ctx.now())
}

async function verify(ctx: Pick<WebhookContext, 'now'>, { headers, body }: WebhookMessage, secrets: readonly string[]) {
  const signed = { get: (name: string) => headers[name] ?? null }
  return verifyMessage({ headers: signed, body, secrets, nowS: Math.round(ctx.now() / 1000) })
}

/** Has everything compared, by a run of its own. @returns false for a repeat */
function recheckSite({ store, now, newId }: WebhookContext, webhookId: string): boolean {
  const integrationRef = store.access.integration()
  if (!store.replica.inbox.note(webhookId, now()) || !integrationRef) return false
  queueRequestedDriftCheck({ store, now, newId }, integrationRef)
  return true
}

/**
 * Whether a message is signed by the site. Nothing but the object's own database is asked, unless the site's secret has
 * changed.
 */
export async function verifyFromSite(
  ctx: Omit<WebhookContext, 'newId'>,
  site: CallingKey,
  message: WebhookMessage,
): Promise<RpcResult<{ id: string; secrets: string[] }>> {
  const known = await signingSecrets(ctx, site, false)
  if (!known) return refuse('integration_not_found', 'The site has no WordPress integration.')
  let secrets = known
  let verified = await verify(ctx, message, secrets)
  const readAt = ctx.store.access.sealedCredentials()?.at ?? 0
  if (!verified.ok && verified.reason === 'signature_invalid' && ctx.now() - readAt > FRESH_MS) {
    secrets = (await signingSecrets(ctx, site, true)) ?? []
    verified = await verify(ctx, message, secrets)
  }
  if (!verified.ok) return refuse(verified.reason, 'The message is not signed as it has to be.')
  return { ok: true, value: { id: verified.id, secrets } }
}

/**
 * Takes a webhook in: verifies its signature and stores it, so that it is handled whatever happens next. A repeat has no
 * effect. Nothing but the object's own database is asked, unless the site's secret has changed.
 */
export async function receiveWebhook(
  ctx: WebhookContext,
  site: CallingKey,
  message: WebhookMessage,
): Promise<RpcResult<{ isRepeat: boolean }>> {
  const signed = await verifyFromSite(ctx, site, message)
  if (!signed.ok) return signed
  const verified = signed.value
  const body: unknown = JSON.parse(message.body)
  const event = WebhookEvent.safeParse(body)
  if (event.success) {
    return { ok: true, value: { isRepeat: !ctx.store.replica.inbox.add(verified.id, event.data, ctx.now(), site) } }
  }
  if (!DigestEvent.safeParse(body).success) return refuse('validation_error', 'The body is not an event.')
  return { ok: true, value: { isRepeat: !recheckSite(ctx, verified.id) } }
}
