import { Sketch } from '../../../src/site/drift/sketch.ts'
import { DigestArguments, readArguments } from '../arguments.ts'
import type { Context } from '../context.ts'
import { firstAfter } from '../post-table.ts'
import { requireType, type Reading } from './read.ts'

/** Number of posts between two checks of the clock. */
const PORTION = 1000
const SYMBOL_BYTES = 30

/** `digest`: coded symbols over the posts of a type, by id. */
export function runDigest({ site, documents, msPerDocument }: Reading, args: unknown, context: Context): string {
  const { type, after, until, symbols } = readArguments(DigestArguments, args)
  requireType(site, type)
  const sketch = new Sketch(Math.max(1, Math.min(symbols, Math.floor(context.bytesLeft / SYMBOL_BYTES))))
  const posts = site.known(site.posts.byId(type))
  const from = firstAfter(posts, ({ id }) => id > after)
  let next: number | null = null
  for (let at = from; at < posts.length; at++) {
    if (at > from && (at - from) % PORTION === 0 && context.isUsedUp) {
      next = posts[at - 1]?.id ?? null
      break
    }
    const post = posts[at]
    if (!post) continue
    context.useMs(msPerDocument)
    const isLater = until !== null && (post.modifiedS > until[0] || (post.modifiedS === until[0] && post.id > until[1]))
    const etag = isLater ? null : documents.etag(post)
    if (etag !== null) sketch.add(post.id, etag)
  }
  return JSON.stringify({ count: sketch.counts[0] ?? 0, symbols: sketch.toBase64(), next })
}
