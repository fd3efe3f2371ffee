/**
 * A webhook only says which post changed. Here it is verified, stored in the inbox, and answered. Nothing else happens
 * before the answer, so no other failure can lose it. `processInbox` later fetches the post as it is then, so the order
 * and the repetition of webhooks don't matter.
 */
import type { Config } from '../../config.ts'
import { DigestEvent, WebhookEvent } from '../../contract/content-link.ts'
import type { Db } from '../../db/client.ts'
import { readSiteLink } from '../../db/read-link.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import { log } from '../../lib/log.ts'
import { verifyMessage } from '../../lib/signature.ts'
import { queueRequestedDriftCheck } from '../drift/plan.ts'
import type { SiteStore } from '../replica/store.ts'
import { refusal, type CallingKey, type RpcResult, type WebhookMessage } from '../rpc.ts'

/** For this long after credentials were read from D1, a wrong signature does not cause another read. */
const FRESH_MS = 10_000

interface WebhookContext {
  db: Db
  store: SiteStore
  config: Config
  now: () => number
  newId: (prefix: IdPrefix) => string
}

/** The secrets that the site may sign with: from the object's sealed copy; from D1 on a refresh or without a copy. */
async function signingSecrets(
  ctx: Omit<WebhookContext, 'newId'>,
  site: CallingKey,
  isRefresh: boolean,
): Promise<string[] | null> {
  const known = isRefresh ? null : ctx.store.access.sealedCredentials()
  const integration = ctx.store.access.integration()
  if (known && integration) {
    const copy = { id: integration.integrationId, credentials: known.sealed }
    try {
      return await openSigningSecrets(ctx.config.keyRing, copy, ctx.now())
    } catch (cause) {
      // the copy was sealed with an encryption key that is gone by now; D1 has one that was sealed again
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

/**
 * Verifies that the site signed a message. Reads D1 only if the object has no credentials yet, or the signature doesn't
 * match those it has.
 */
export async function verifyFromSite(
  ctx: Omit<WebhookContext, 'newId'>,
  site: CallingKey,
  message: WebhookMessage,
): Promise<RpcResult<{ id: string; secrets: string[] }>> {
  const known = await signingSecrets(ctx, site, false)
  if (!known) return refusal('integration_not_found', 'The site has no WordPress integration.')
  let secrets = known
  let verified = await verify(ctx, message, secrets)
  const readAt = ctx.store.access.sealedCredentials()?.at ?? 0
  if (!verified.ok && verified.reason === 'signature_invalid' && ctx.now() - readAt > FRESH_MS) {
    secrets = (await signingSecrets(ctx, site, true)) ?? []
    verified = await verify(ctx, message, secrets)
  }
  if (!verified.ok) return refusal(verified.reason, 'The message has no valid signature.')
  return { ok: true, value: { id: verified.id, secrets } }
}

/** Queues a drift check, because the site lost track of its changes. @returns false for a repeat */
function requestDriftCheck({ store, now, newId }: WebhookContext, webhookId: string): boolean {
  const integration = store.access.integration()
  if (!store.replica.inbox.note(webhookId, now()) || !integration) return false
  queueRequestedDriftCheck({ store, now, newId }, integration)
  return true
}

/** Verifies a webhook and stores it in the inbox. A repeat has no effect. */
export async function receiveWebhook(
  ctx: WebhookContext,
  site: CallingKey,
  message: WebhookMessage,
): Promise<RpcResult<{ isRepeat: boolean }>> {
  const signed = await verifyFromSite(ctx, site, message)
  if (!signed.ok) return signed
  const { id } = signed.value
  const body: unknown = JSON.parse(message.body)
  const event = WebhookEvent.safeParse(body)
  if (event.success)
    return { ok: true, value: { isRepeat: !ctx.store.replica.inbox.add(id, event.data, ctx.now(), site) } }
  if (!DigestEvent.safeParse(body).success) return refusal('validation_error', 'The body is not an event.')
  return { ok: true, value: { isRepeat: !requestDriftCheck(ctx, id) } }
}
