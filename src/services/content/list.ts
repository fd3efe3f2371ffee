import * as z from 'zod'
import type { Page } from '../../contract/common.ts'
import type { ItemSummary } from '../../contract/content.ts'
import type { ItemListQuery, ItemMatch } from '../../contract/item-list.ts'
import { fromBase64Url, toBase64Url } from '../../lib/base64.ts'
import type { Found, FindOrder, Position } from '../../site/rpc.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { loadSite } from '../tenant.ts'

const ROW = /^row_([1-9a-z][0-9a-z]{0,10})$/
const RADIX = 36
const PLACE = /^at_([\w-]+)$/

/** The order that a cursor belongs to, and the place in it. */
const Place = z.lazy(() => z.tuple([z.string(), z.union([z.string(), z.number()]), z.number().int().min(0)]))

function toCursor(order: FindOrder, place: Position | null): string | null {
  if (place === null) return null
  if (order === 'newest') return `row_${place.n.toString(RADIX)}`
  return `at_${toBase64Url(new TextEncoder().encode(JSON.stringify([order, place.key, place.n])))}`
}

function readPlace(text: string | undefined, order: FindOrder): Position | null {
  try {
    const [of, key, n] = Place.parse(JSON.parse(new TextDecoder().decode(fromBase64Url(text ?? ''))))
    const isText = order === 'title' || order === '-title'
    return of === order && (typeof key === 'string') === isText ? { key, n } : null
  } catch {
    return null
  }
}

/** The place in a cursor of this order. @throws ServiceError `invalid_cursor` */
function readCursor(cursor: string | undefined, order: FindOrder): Position | null {
  if (cursor === undefined) return null
  const n = Number.parseInt(ROW.exec(cursor)?.[1] ?? '', RADIX)
  const row = Number.isSafeInteger(n) ? { key: n, n } : null
  const place = order === 'newest' ? row : readPlace(PLACE.exec(cursor)?.[1], order)
  if (place === null) throw new ServiceError('invalid_cursor')
  return place
}

/** What a list asks that the object of the release before can answer, too: while a deployment is under way, it has to. */
const isPlain = ({ q, author, term, date_from: from, date_to: to }: ItemMatch, order: FindOrder): boolean =>
  order === 'newest' && [q, author, term, from, to].every((value) => value === undefined)

type ListInput = ItemListQuery & { siteId: string }

async function find(
  ctx: ServiceContext,
  siteId: string,
  match: ItemMatch,
  { order, after, limit }: { order: FindOrder; after: Position | null; limit: number },
): Promise<Found> {
  const site = ctx.site(siteId)
  if (!isPlain(match, order)) return site.findItems(siteId, match, order, after, limit)
  const { results, next } = await site.listItems(siteId, match, after?.n ?? null, limit)
  return { results, next: next === null ? null : { key: next, n: next } }
}

/**
 * The items of a site, newest first unless another order is asked for; what is searched for, best hit first.
 * @throws ServiceError `site_not_found`, `invalid_cursor`
 */
export async function listItems({ ctx, input }: { ctx: ServiceContext; input: ListInput }): Promise<Page<ItemSummary>> {
  const { siteId, cursor, limit, sort, q, ...rest } = input
  const match: ItemMatch = q === undefined || q.trim() === '' ? rest : { ...rest, q }
  const order: FindOrder = sort ?? (match.q === undefined ? 'newest' : 'hits')
  const after = readCursor(cursor, order)
  await loadSite({ ctx, siteId })
  const { results, next } = await find(ctx, siteId, match, { order, after, limit })
  return { results, next: toCursor(order, next) }
}
