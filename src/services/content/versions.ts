import type { Page } from '../../contract/common.ts'
import type { Item } from '../../contract/content.ts'
import type { PastVersion, VersionEntry, VersionRestore } from '../../contract/versions.ts'
import type { StoredEntry, VersionPlace } from '../../site/rpc.ts'
import { loadActorNames, presentActor, type Names } from '../actors.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { unwrap } from '../site-calls.ts'
import { sendChange } from './send-change.ts'
import { assertSite, loadContentSite } from './site.ts'

interface ItemInput {
  siteId: string
  itemId: string
}

type VersionInput = ItemInput & { versionId: string }

const RADIX = 36
const CURSOR = /^v_([1-9a-z][0-9a-z]{0,10})_([1-9a-z][0-9a-z]{0,3})$/

const toCursor = (place: VersionPlace | null): string | null =>
  place && `v_${place.from.toString(RADIX)}_${place.shown.toString(RADIX)}`

/** @throws ServiceError `invalid_cursor` */
function readCursor(cursor: string | undefined): VersionPlace | null {
  if (cursor === undefined) return null
  const [, from = '', shown = ''] = CURSOR.exec(cursor) ?? []
  const place = { from: Number.parseInt(from, RADIX), shown: Number.parseInt(shown, RADIX) }
  if (!Number.isSafeInteger(place.from) || !Number.isSafeInteger(place.shown)) throw new ServiceError('invalid_cursor')
  return place
}

function present({ by, ...entry }: StoredEntry, names: Names): VersionEntry {
  return { ...entry, actor: by === null ? null : presentActor(by, names) }
}

/**
 * The versions of an item on both sides, newest first: the first one is what it is now.
 * @throws ServiceError `site_not_found`, `item_not_found`, `invalid_cursor`
 */
export async function listVersions({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ItemInput & { cursor?: string | undefined; limit: number }
}): Promise<Page<VersionEntry>> {
  const { siteId, itemId, cursor, limit } = input
  const place = readCursor(cursor)
  await assertSite({ ctx, siteId })
  const { results, next } = unwrap(await ctx.site(siteId).listVersions(siteId, itemId, place, limit))
  const names = await loadActorNames(
    ctx,
    results.map(({ by }) => by),
  )
  const named = results.map((entry) => present(entry, names))
  return { results: named, next: toCursor(next) }
}

/** One version, whole. @throws ServiceError `site_not_found`, `item_not_found`, `version_not_kept` */
export async function getVersion({ ctx, input }: { ctx: ServiceContext; input: VersionInput }): Promise<PastVersion> {
  const { siteId, itemId, versionId } = input
  await assertSite({ ctx, siteId })
  const { content, ...entry } = unwrap(await ctx.site(siteId).getVersion(siteId, itemId, versionId))
  return { ...present(entry, await loadActorNames(ctx, [entry.by])), content }
}

/**
 * Makes a version the item's text again, as an edit: it is sent like any other, and what WordPress changed meanwhile
 * becomes a conflict.
 * @throws ServiceError `site_not_found`, `item_not_found`, `version_not_kept`, `conflict` if it changed since
 *   `if_revision`, `item_unreadable`, `type_denied`, `post_left_alone`, `trash_off`, `api_key_revoked`
 */
export async function restoreVersion({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: VersionInput & { restore: VersionRestore }
}): Promise<Item> {
  const { siteId, itemId, versionId, restore } = input
  const site = await loadContentSite({ ctx, siteId })
  const item = unwrap(await ctx.site(siteId).restoreVersion(site.key, itemId, versionId, restore))
  await sendChange(ctx, site)
  return item
}
