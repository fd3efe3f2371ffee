/**
 * The export of an account: one JSON value a line (docs/export-format.md), streamed. The first line says how many sites
 * there are, the last one (`end`) whether the export is complete; a download that broke off has neither `end` nor `page`.
 * Nothing is collected: rows are read in pages as the client takes them, and a site's object hands out its items as text,
 * which is passed on as it is.
 *
 * A request may make 1,000 queries. So a part that has used most of them ends with a line `page`, whose `next` is the cursor
 * of the part that goes on. The parts without these lines are the export.
 */
import { count, eq } from 'drizzle-orm'
import { FILE_VERSION } from '../../contract/site-file.ts'
import { accounts, sites } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { line, Part, readSection } from './part.ts'
import { type Place, readPlace } from './place.ts'
import { RECORDS } from './records.ts'
import type { Section } from './section.ts'
import { SETTINGS, SITES } from './settings.ts'

const ITEMS = 'item'
export const SECTIONS: readonly Section[] = [...SETTINGS, ...RECORDS]
const KINDS = [...SECTIONS.map(({ kind }) => kind), ITEMS]
const START: Place = { kind: KINDS[0] ?? ITEMS, after: null, site: null, failures: 0, seal: null }

/** A site's items as text. An object that doesn't answer ends its site alone, and is named. */
async function* readItems(part: Part, siteId: string): AsyncGenerator<string> {
  const { ctx, place } = part
  let row = place.site?.id === siteId ? place.site.row : 0
  try {
    while (!part.isFull()) {
      part.callObject()
      const page = await ctx.site(siteId).exportItems(siteId, row)
      yield await part.seal.block(page.text)
      if (page.next === null) {
        part.place = { ...place, after: siteId, site: null }
        return
      }
      row = page.next
      part.place = { ...place, site: { id: siteId, row } }
    }
  } catch (cause) {
    log.error('items not exported', { site_id: siteId, cause })
    yield await part.seal.block(line({ kind: 'failure', site_id: siteId, after: row, code: 'unavailable' }))
    part.place = { ...place, after: siteId, site: null, failures: place.failures + 1 }
  }
}

/** The items of all sites that are left. @returns whether all were written */
async function* readAllItems(part: Part): AsyncGenerator<string, boolean> {
  while (!part.isFull()) {
    const rows = await SITES.read(part.ctx, part.place.after)
    for (const { id } of rows) {
      yield* readItems(part, String(id))
      if (part.place.after !== id) return false
    }
    if (rows.length < SITES.page) return true
  }
  return false
}

async function* readPart(part: Part, head: string): AsyncGenerator<string> {
  yield await part.seal.block(head)
  for (const section of SECTIONS) if (section.kind === part.place.kind) yield* readSection(part, section)
  const isWhole = part.place.kind === ITEMS && (yield* readAllItems(part))
  yield part.end(isWhole)
}

/** The first line of an export. @throws ServiceError `no_account` */
async function readHead(ctx: ServiceContext): Promise<string> {
  const { accountId } = ctx.actor
  const [account] = await ctx.db.select().from(accounts).where(eq(accounts.id, accountId)).limit(1)
  if (!account) throw new ServiceError('no_account')
  const [row] = await ctx.db.select({ n: count() }).from(sites).where(eq(sites.accountId, accountId))
  const { id, name, requireTwoFactor, createdAt } = account
  return line({
    kind: 'export',
    version: FILE_VERSION,
    of: 'account',
    exported_at: new Date(ctx.now()).toISOString(),
    sites: row?.n ?? 0,
    account: { id, name, require_two_factor: requireTwoFactor, created_at: createdAt },
  })
}

/**
 * Starts the export of the actor's account, or its part after a cursor, and records it.
 * @returns pieces of the text; reading them does the work
 * @throws ServiceError `no_account`, `invalid_cursor`
 */
export async function exportAccount({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { cursor?: string | undefined }
}): Promise<AsyncGenerator<string>> {
  const place = input.cursor === undefined ? START : readPlace(input.cursor, KINDS)
  const head = input.cursor === undefined ? await readHead(ctx) : ''
  const entry = { action: 'account.exported', entityId: ctx.actor.accountId } as const
  await appendAudit({ ctx, input: { entry, changes: [] } })
  return readPart(new Part(ctx, place, KINDS), head)
}
