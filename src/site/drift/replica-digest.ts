import type { Keyset } from '../../contract/content-link.ts'
import { Sketch } from './sketch.ts'
import type { EngineContext } from '../stages/context.ts'

/** Rows of one query. */
const PAGE = 5000

/** The part of a type that is compared, and by how many symbols. */
export interface Selection {
  type: string
  size: number
  /** Posts modified after this are left out; null for none. */
  until: Keyset | null
}

const isWithin = (modified: number, id: number, until: Keyset | null) =>
  until === null || modified < until[0] || (modified === until[0] && id <= until[1])

/**
 * Computes sketches of the replica by type, over the etags that the site last sent. One pass over the items serves all
 * types: about 0.3 s for 100,000 items, with one page of them in memory.
 */
export function digestReplica({ replica }: Pick<EngineContext, 'replica'>, selections: readonly Selection[]) {
  const byType = new Map(selections.map(({ type, size, until }) => [type, { sketch: new Sketch(size), until }]))
  for (let after = 0, page = PAGE; page === PAGE;) {
    const rows = replica.items.etags(after, PAGE)
    for (const { id, type, etag, modified } of rows) {
      const digest = byType.get(type)
      if (digest && isWithin(modified, id, digest.until)) digest.sketch.add(id, etag)
      after = id
    }
    page = rows.length
  }
  return new Map([...byType].map(([type, { sketch }]) => [type, sketch]))
}
