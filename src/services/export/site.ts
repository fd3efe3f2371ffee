/** The export of a site: what an import reads. Its lines are those of an account's export, of one site, and its terms. */
import * as z from 'zod'
import { FILE_VERSION } from '../../contract/site-file.ts'
import { syncEvents } from '../../db/events/schema.ts'
import { integrations, sites } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { findIntegration, type IntegrationRow, loadSite } from '../tenant.ts'
import type { ExportPage, TermKey } from '../../site/rpc.ts'
import { line, Part, readSection } from './part.ts'
import { type Place, readPlace } from './place.ts'
import { SYNC_EVENTS } from './records.ts'
import type { Filter, Key, Section } from './section.ts'
import { INTEGRATIONS, SITES } from './settings.ts'

const KINDS = ['site', 'integration', 'sync_event', 'term', 'item'] as const
const START: Place = { kind: 'site', after: null, site: null, failures: 0, seal: null }

const Term = z.lazy(() => z.strictObject({ taxonomy: z.string().max(200), id: z.number().int() }))

function readTermKey(after: Key | null): TermKey | null {
  try {
    return after === null ? null : Term.parse(JSON.parse(String(after)))
  } catch (cause) {
    throw new ServiceError('invalid_cursor', undefined, { cause })
  }
}

/** Pages of the site's object, from the place of the part on. An object that doesn't answer ends the export. */
async function* readPages(part: Part, read: (after: Key | null) => Promise<ExportPage<Key>>, siteId: string) {
  try {
    while (!part.isFull()) {
      part.callObject()
      const page = await read(part.place.after)
      yield await part.seal.block(page.text)
      if (page.next === null) {
        part.nextKind()
        return
      }
      part.goOn(page.next)
    }
  } catch (cause) {
    log.error('items not exported', { site_id: siteId, cause })
    yield await part.seal.block(
      line({ kind: 'failure', site_id: siteId, after: part.place.after, code: 'unavailable' }),
    )
    part.place = { ...part.place, failures: part.place.failures + 1 }
    part.nextKind()
  }
}

interface Source {
  siteId: string
  integration: IntegrationRow | null
  head: string
}

async function* readPart(part: Part, { siteId, integration, head }: Source): AsyncGenerator<string> {
  yield await part.seal.block(head)
  const site = part.ctx.site(siteId)
  const sections: Record<string, [Section, Filter]> = {
    site: [SITES, { column: sites.id, value: siteId }],
    integration: [INTEGRATIONS, { column: integrations.siteId, value: siteId }],
    // the events of the integration, which are found by its id
    sync_event: [SYNC_EVENTS, { column: syncEvents.integrationId, value: integration?.id ?? '' }],
  }
  for (const [kind, [section, filter]] of Object.entries(sections))
    if (kind === part.place.kind) yield* readSection(part, section, filter)
  const terms = async (after: Key | null) => {
    const page = await site.exportTerms(siteId, readTermKey(after))
    return { ...page, next: page.next && JSON.stringify(page.next) }
  }
  if (part.place.kind === 'term') yield* readPages(part, terms, siteId)
  if (part.place.kind === 'item')
    yield* readPages(part, (after) => site.exportItems(siteId, Number(after ?? 0)), siteId)
  yield part.end(part.place.kind === '')
}

/**
 * Starts the export of a site, or its part after a cursor, and records it.
 * @returns pieces of the text; reading them does the work
 * @throws ServiceError `site_not_found`, `invalid_cursor`
 */
export async function exportSite({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string; cursor?: string | undefined }
}): Promise<AsyncGenerator<string>> {
  const site = await loadSite({ ctx, siteId: input.siteId })
  const place = input.cursor === undefined ? START : readPlace(input.cursor, KINDS)
  readTermKey(place.kind === 'term' ? place.after : null)
  const integration = await findIntegration(ctx, site.id)
  const head = line({
    kind: 'export',
    version: FILE_VERSION,
    of: 'site',
    exported_at: new Date(ctx.now()).toISOString(),
    site: { id: site.id, name: site.name, url: site.url },
    site_url: integration?.siteUrl ?? null,
  })
  const entry = { action: 'site.exported', entityId: site.id } as const
  await appendAudit({ ctx, input: { entry, changes: [] } })
  return readPart(new Part(ctx, place, KINDS), {
    siteId: site.id,
    integration,
    head: input.cursor === undefined ? head : '',
  })
}
