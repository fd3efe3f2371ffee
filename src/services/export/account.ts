/**
 * The export of an account: one JSON value a line (NDJSON), streamed. The first line says how many sites there are, the
 * last one whether the export is complete; a download that broke off has no last line. Nothing is collected: rows are read
 * in pages as the client takes them, and a site's object hands out its items as text, which is passed on as it is.
 */
import { count, eq } from 'drizzle-orm'
import { accounts, sites } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { type Line, listOfSite, listPeople, listRecords, listSites } from './lines.ts'

/** Of the format. A reader refuses a higher one. */
const VERSION = 1

const text = (line: Line) => `${JSON.stringify(line)}\n`

interface Failure {
  site_id: string
  /** Items after this row number are missing. */
  after: number
}

/** A site's items as text. An object that doesn't answer ends its site alone, and is named. */
async function* readItems(ctx: ServiceContext, siteId: string, failures: Failure[]): AsyncGenerator<string> {
  let after = 0
  try {
    for (;;) {
      const page = await ctx.site(siteId).exportItems(siteId, after)
      if (page.text !== '') yield page.text
      if (page.next === null) return
      after = page.next
    }
  } catch (cause) {
    log.error('items not exported', { site_id: siteId, cause })
    failures.push({ site_id: siteId, after })
    yield text({ kind: 'failure', site_id: siteId, after, code: 'unavailable' })
  }
}

async function* readAll(ctx: ServiceContext, head: Line): AsyncGenerator<string> {
  const failures: Failure[] = []
  yield text(head)
  for await (const line of listPeople(ctx)) yield text(line)
  for await (const site of listSites(ctx)) {
    yield text(site)
    for await (const line of listOfSite(ctx, String(site['id']))) yield text(line)
    yield* readItems(ctx, String(site['id']), failures)
  }
  for await (const line of listRecords(ctx)) yield text(line)
  yield text({ kind: 'end', complete: failures.length === 0, failures })
}

/**
 * Starts the export of the actor's account, and records it.
 * @returns the parts of the text; reading them does the work
 * @throws ServiceError `no_account`
 */
export async function exportAccount({ ctx }: { ctx: ServiceContext }): Promise<AsyncGenerator<string>> {
  const { accountId } = ctx.actor
  const [account] = await ctx.db.select().from(accounts).where(eq(accounts.id, accountId)).limit(1)
  if (!account) throw new ServiceError('no_account')
  const [row] = await ctx.db.select({ n: count() }).from(sites).where(eq(sites.accountId, accountId))
  const entry = { action: 'account.exported', entityId: accountId } as const
  await appendAudit({ ctx, input: { entry, changes: [] } })
  const { id, name, requireTwoFactor, createdAt } = account
  return readAll(ctx, {
    kind: 'account',
    version: VERSION,
    exported_at: new Date(ctx.now()).toISOString(),
    sites: row?.n ?? 0,
    account: { id, name, require_two_factor: requireTwoFactor, created_at: createdAt },
  })
}
