import { and, eq } from 'drizzle-orm'
import type { Integration, IntegrationCreate } from '../../contract/integrations.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations, sites } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { assertKeyMayWrite } from './assert-key.ts'
import { presentIntegration, type IntegrationRow } from './internal.ts'
import { assertSupported } from './platform.ts'
import { describeSiteKey } from './site-key.ts'

async function loadSite(ctx: Context, id: string) {
  const [site] = await ctx.db
    .select()
    .from(sites)
    .where(and(eq(sites.id, id), tenantFilter(ctx.actor, { accountId: sites.accountId, siteId: sites.id })))
    .limit(1)
  if (!site) throw new ServiceError('site_not_found')
  return site
}

function requireApiKey(input: IntegrationCreate): string {
  if (input.api_key !== undefined) return input.api_key
  const message = 'a WordPress integration requires an API key'
  throw new ServiceError('validation_error', `body.api_key: ${message}`, {
    errors: [{ path: 'body.api_key', code: 'required', message }],
  })
}

/**
 * Makes an integration; the site itself is not called. It is connected by the plugin, or by a test.
 * @throws ServiceError `unsupported_platform`, `site_not_found`, `invalid_api_key`, `integration_exists`
 */
export async function createIntegration({
  ctx,
  input,
}: {
  ctx: Context
  input: IntegrationCreate
}): Promise<Integration> {
  await assertKeyMayWrite(ctx)
  assertSupported(input.platform)
  const site = await loadSite(ctx, input.site_id)
  const key = await describeSiteKey({ ctx, input: { siteId: site.id, apiKey: requireApiKey(input) } })
  const now = new Date(ctx.now())
  const subject = { id: ctx.newId('int'), accountId: site.accountId, siteId: site.id }
  const insert = ctx.db
    .insert(integrations)
    .values({
      ...subject,
      ...key,
      platform: input.platform,
      siteUrl: input.site_url ?? site.url,
      syncEnabled: input.sync_enabled,
      connectionSince: now,
      config: input.config_json,
      typeSettings: {},
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  const entry = { action: 'integration.created', entityId: subject.id, metadata: { platform: input.platform } }
  const event = recordEvent(ctx, subject, { action: 'create', startedAt: ctx.now() })
  const rows = await appendAudit({ ctx, input: { entry, changes: [insert, event] } }).then(
    ([inserted]): IntegrationRow[] => inserted,
    (cause: unknown) => {
      if (isUniqueViolation(cause, 'integrations')) throw new ServiceError('integration_exists', undefined, { cause })
      throw cause
    },
  )
  const [row] = rows
  if (!row) throw new Error('insert returned no row')
  return presentIntegration(row)
}
