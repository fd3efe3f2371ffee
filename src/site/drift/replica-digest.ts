import type { Keyset } from '../../contract/content-link.ts'
import { Sketch } from './sketch.ts'
import type { EngineContext } from '../stages/context.ts'

/** Rows of one query. */
const PAGE = 5000

/** What of a type is compared, and by how many symbols. */
export interface Scope {
  type: string
  size: number
  /** Posts modified after this take no part; null for all. */
  until: Keyset | null
}

const isWithin = (modified: number, id: number, until: Keyset | null) =>
  until === null || modified < until[0] || (modified === until[0] && id <= until[1])

/**
 * Digests of the replica's copy of types: of the posts as the site last showed them. One pass over the items, whatever the number of
 * types: some 0.3 s for 100,000 items, and a page of them in memory.
 */
export function digestReplica({ replica }: Pick<EngineContext, 'replica'>, scopes: readonly Scope[]) {
  const byType = new Map(scopes.map(({ type, size, until }) => [type, { sketch: new Sketch(size), until }]))
  for (let after = 0, page = PAGE; page === PAGE;) {
    const rows = replica.items.etags(after, PAGE)
    for (const { id, type, etag, modified } of rows) {
      const workId = byType.get(type)
      if (workId && isWithin(modified, id, workId.until)) workId.sketch.add(id, etag)
      after = id
    }
    page = rows.length
  }
  return new Map([...byType].map(([type, { sketch }]) => [type, sketch]))
}
