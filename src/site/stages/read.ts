/**
 * The read stage: reads the lists of the site, a page of every open list in each request. A run reads the terms of each
 * taxonomy, and of each post type the posts that changed since the last run, oldest change first. The position is the
 * keyset (modified, id) of the last post; the position of a finished page is stored as the type's **watermark**.
 *
 * WordPress stores times in whole seconds, so a post can still join a second that a page ended in. The watermark
 * therefore stops at what was saved two seconds before the site's own time, and the next run reads the rest again;
 * unchanged posts cost nothing there, since their etags are compared.
 *
 * A list by modification time never shows deletions. At the end of a list the number of posts is compared with the
 * replica's; a difference sends the type to the reconcile stage.
 */
import { INDEX_LIMIT, IndexData, TermsData, type Keyset } from '../../contract/content-link.ts'
import { MAX_COMMANDS, type CommandResult } from '../../contract/link.ts'
import { LinkError } from '../transport/direct/errors.ts'
import type { Depth } from '../replica/tables/types.ts'
import { importDocuments, importMetadata } from './import.ts'
import { assertHeld, type RunConfig, type EngineContext } from './context.ts'
import type { CommandRequest } from '../transport/sender.ts'
import { advance, assertAdvances, endProgress, endsList, warn } from './cursor.ts'
import type { RunCursor, Stream } from '../replica/tables/run-cursor.ts'

/** Terms in one page. */
const TERMS_LIMIT = 1000
/** Posts saved within this many seconds before a page are read again; others may still get the same time. */
const STABLE_AFTER_S = 2
/** A modified time this far ahead of the site's own clock is wrong. */
const FUTURE_S = 60

type IndexStream = Extract<Stream, { kind: 'index' }>
type TermsStream = Extract<Stream, { kind: 'terms' }>

/** The lists that a run reads: the terms of every taxonomy and the posts of every type that is switched on. */
export function openStreams(ctx: EngineContext, runConfig: RunConfig, pass: string): Stream[] {
  const depth: Depth = runConfig.direction === 'metadata' ? 'metadata' : 'full'
  return [
    ...runConfig.taxonomies.map(({ slug, limit }): Stream => ({
      kind: 'terms',
      taxonomy: slug,
      after: 0,
      pass,
      left: limit,
    })),
    ...runConfig.postTypes.map(({ slug, limit }): Stream => ({
      kind: 'index',
      type: slug,
      depth,
      after: ctx.replica.types.watermark(slug, depth),
      left: limit,
    })),
  ]
}

function toRequest(ctx: EngineContext, stream: TermsStream | IndexStream): CommandRequest {
  if (stream.kind === 'terms') {
    const known = stream.after === 0 ? ctx.replica.terms.etag(stream.taxonomy) : null
    const limit = Math.min(TERMS_LIMIT, stream.left)
    return { name: 'terms', args: { taxonomy: stream.taxonomy, after: stream.after, limit, if_etag: known } }
  }
  const limit = stream.depth === 'metadata' ? INDEX_LIMIT : Math.min(INDEX_LIMIT, stream.left)
  return { name: 'index', args: { type: stream.type, after: stream.after, limit, fields: stream.depth } }
}

/** The last position of a page that no other post can still get. */
function stableKeyset(items: readonly { id: number; modified: number }[], siteTime: number): Keyset | null {
  const last = items.findLast(({ modified }) => modified <= siteTime - STABLE_AFTER_S)
  return last ? [last.modified, last.id] : null
}

/** Imports a page of posts. @returns the stream at its next page; null if it was read to its end or limit */
function importIndex(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  stream: IndexStream,
  data: unknown,
): Stream | null {
  const page = IndexData.parse(data)
  const { type, depth } = stream
  assertAdvances(stream.after, page.next, type)
  const importPage = depth === 'metadata' ? importMetadata : importDocuments
  const changed = importPage(ctx, page.items, runConfig.policy, cursor.counts)
  const { types, counters } = ctx.replica
  const stable = stableKeyset(page.items, page.site_time)
  if (stable) types.setWatermark(type, depth, stable)
  if (page.items.some(({ modified }) => modified > page.site_time + FUTURE_S))
    warn(cursor, `modified_in_future: ${type}`)
  const left = depth === 'metadata' ? stream.left : stream.left - changed
  const isLimited = left <= 0 && page.next !== null
  advance(cursor.progress, type, page.items.length, expectedTotal(ctx, stream, cursor, page.total))
  if (page.next === null || isLimited) endProgress(cursor.progress, type)
  if (depth === 'full') types.setLimited(type, isLimited)
  if (page.next !== null && !isLimited) return { ...stream, after: page.next, left }
  // a drift check compares by itself
  if (depth === 'full' && !isLimited && runConfig.direction !== 'drift_check') {
    const isMismatch = types.takeRecheck(type) || counters.countExternal(type) !== page.total
    if (isMismatch) cursor.mismatches.push(type)
  }
  return null
}

/** Sets the expected progress before the first page, from the structure: what the replica lacks, up to the limits. */
export function expectProgress({ replica }: EngineContext, { postTypes }: RunConfig, cursor: RunCursor): void {
  for (const { slug, count, limit } of postTypes) {
    const missing = Math.min(limit, count - replica.counters.countExternal(slug))
    if (missing > 0) advance(cursor.progress, slug, 0, missing)
  }
}

/** What a type adds to the expected progress, known with its first page. */
function expectedTotal({ replica }: EngineContext, stream: IndexStream, cursor: RunCursor, total: number): number {
  if (Object.hasOwn(cursor.progress.by_type, stream.type)) return 0
  const missing = Math.max(0, total - replica.counters.countExternal(stream.type))
  return Math.min(stream.left, missing)
}

/** Imports a page of terms. @returns the stream at its next page; null if it was read to its end or limit */
function importTerms(ctx: EngineContext, stream: TermsStream, data: unknown): Stream | null {
  const page = TermsData.parse(data)
  const { terms } = ctx.replica
  if (page.unchanged) return null
  assertAdvances([0, stream.after], page.next === null ? null : [0, page.next], stream.taxonomy)
  terms.savePage(stream.taxonomy, stream.pass, page.terms)
  const left = stream.left - page.terms.length
  const isLimited = left <= 0 && page.next !== null
  if (page.next !== null && !isLimited) return { ...stream, after: page.next, left }
  terms.endPass(stream.taxonomy, stream.pass, page.etag, isLimited)
  return null
}

/**
 * Ends a list whose type vanished or was switched off by the site's owner; any other error fails the attempt.
 * @returns the stream if the site had no time for it
 */
function endFailedStream(cursor: RunCursor, stream: Stream, result: CommandResult & { ok: false }): Stream | null {
  if (result.code === 'not_reached') return stream
  if (endsList(result.code)) {
    const name = stream.kind === 'terms' ? stream.taxonomy : stream.type
    warn(cursor, `${result.code}: ${name}`)
    return null
  }
  throw new LinkError({ code: 'command_failed', detail: `The site failed with ${result.code}: ${result.detail}` }, [])
}

/** Names the step of a request: by its list if there is only one. */
function enterRead(ctx: EngineContext, streams: readonly (TermsStream | IndexStream)[]): void {
  const [first] = streams
  const name = first?.kind === 'terms' ? first.taxonomy : (first?.type ?? null)
  const areTerms = streams.every(({ kind }) => kind === 'terms')
  ctx.enter(areTerms ? 'terms' : 'read', streams.length === 1 ? name : null)
}

/**
 * Reads one page of every list that is open, in one request, and commits the pages with the position after them.
 * @returns false if every list was read to its end
 */
export async function readRound(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  const open = (cursor.streams ?? []).filter((stream) => stream.kind === 'terms' || stream.kind === 'index')
  const [current, later] = [open.slice(0, MAX_COMMANDS), open.slice(MAX_COMMANDS)]
  if (current.length === 0) return false
  enterRead(ctx, current)
  const results = await ctx.send(current.map((stream) => toRequest(ctx, stream)))
  assertHeld(ctx)
  ctx.replica.database.transaction(() => {
    const streams = current.flatMap((stream, index) => {
      const result = results[index]
      if (!result) return [stream]
      if (!result.ok) return endFailedStream(cursor, stream, result) ?? []
      const next =
        stream.kind === 'terms'
          ? importTerms(ctx, stream, result.data)
          : importIndex(ctx, runConfig, cursor, stream, result.data)
      return next ?? []
    })
    cursor.streams = [...streams, ...later]
    save(cursor)
  })
  return (cursor.streams ?? []).length > 0
}
