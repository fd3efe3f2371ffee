import { INDEX_LIMIT, IndexData, TermsData, type Keyset } from '../../contract/content-link.ts'
import { MAX_COMMANDS, type CommandResult } from '../../contract/link.ts'
import { LinkError } from '../transport/direct/errors.ts'
import type { Depth } from '../replica/tables/types.ts'
import { importDocuments, importMetadata } from './import.ts'
import { assertHeld, type RunConfig, type EngineContext, type Request } from './context.ts'
import { advance, assertAdvances, endProgress, warn } from './cursor.ts'
import type { RunCursor, Stream } from '../replica/tables/run-cursor.ts'

/** Terms of one page. */
const TERMS_LIMIT = 1000
/** Posts saved within this many seconds of a page may still be joined by others with the same time: they are read again. */
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

function toRequest(ctx: EngineContext, stream: TermsStream | IndexStream): Request {
  if (stream.kind === 'terms') {
    const known = stream.after === 0 ? ctx.replica.terms.etag(stream.taxonomy) : null
    const limit = Math.min(TERMS_LIMIT, stream.left)
    return { name: 'terms', args: { taxonomy: stream.taxonomy, after: stream.after, limit, if_etag: known } }
  }
  const limit = stream.depth === 'metadata' ? INDEX_LIMIT : Math.min(INDEX_LIMIT, stream.left)
  return { name: 'index', args: { type: stream.type, after: stream.after, limit, fields: stream.depth } }
}

/** The end of a page up to which nothing can join any more: what was saved in the last moments is read again next time. */
function stableKeyset(items: readonly { id: number; modified: number }[], siteTime: number): Keyset | null {
  const last = items.findLast(({ modified }) => modified <= siteTime - STABLE_AFTER_S)
  return last ? [last.modified, last.id] : null
}

/** @returns the stream's next position, or null when it is read to its end */
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
  const { types, items } = ctx.replica
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
  // a drift check finds what differs by itself
  if (depth === 'full' && !isLimited && runConfig.direction !== 'drift_check') {
    const isMismatch = types.takeRecheck(type) || items.countExternal(type) !== page.total
    if (isMismatch) cursor.mismatches.push(type)
  }
  return null
}

/** What the structure lets expect, so that progress is told before the first page: what the replica lacks, up to the limits. */
export function expectProgress({ replica }: EngineContext, { postTypes }: RunConfig, cursor: RunCursor): void {
  for (const { slug, count, limit } of postTypes) {
    const missing = Math.min(limit, count - replica.items.countExternal(slug))
    if (missing > 0) advance(cursor.progress, slug, 0, missing)
  }
}

/** What a type adds to the progress bar, known with its first page. */
function expectedTotal({ replica }: EngineContext, stream: IndexStream, cursor: RunCursor, total: number): number {
  if (Object.hasOwn(cursor.progress.by_type, stream.type)) return 0
  const missing = Math.max(0, total - replica.items.countExternal(stream.type))
  return Math.min(stream.left, missing)
}

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

/** A type that vanished, or a command that this older plugin doesn't have yet. */
const ENDS_LIST = new Set(['unknown_type', 'unknown_taxonomy', 'unknown_command'])

/** A type that vanished ends its own list and no other; everything else is the run's failure. */
function handleFailure(cursor: RunCursor, stream: Stream, result: CommandResult & { ok: false }): Stream | null {
  if (result.code === 'not_reached') return stream
  if (ENDS_LIST.has(result.code)) {
    const name = stream.kind === 'terms' ? stream.taxonomy : stream.type
    warn(cursor, `${result.code}: ${name}`)
    return null
  }
  throw new LinkError({ code: 'command_failed', detail: `The site failed with ${result.code}: ${result.detail}` }, [])
}

/** One kind of list is named for what it is; several are read in the same request. */
function enterRead(ctx: EngineContext, asked: readonly (TermsStream | IndexStream)[]): void {
  const [first] = asked
  const name = first?.kind === 'terms' ? first.taxonomy : (first?.type ?? null)
  const areTerms = asked.every(({ kind }) => kind === 'terms')
  ctx.enter(areTerms ? 'terms' : 'read', asked.length === 1 ? name : null)
}

/**
 * Reads one page of every list that is open, in one request, and commits the pages with the position after them.
 * @returns false when every list is read to its end
 */
export async function readRound(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  const open = (cursor.streams ?? []).filter((stream) => stream.kind === 'terms' || stream.kind === 'index')
  const [asked, later] = [open.slice(0, MAX_COMMANDS), open.slice(MAX_COMMANDS)]
  if (asked.length === 0) return false
  enterRead(ctx, asked)
  const results = await ctx.send(asked.map((stream) => toRequest(ctx, stream)))
  assertHeld(ctx)
  ctx.replica.database.transaction(() => {
    const streams = asked.flatMap((stream, index) => {
      const result = results[index]
      if (!result) return [stream]
      if (!result.ok) return handleFailure(cursor, stream, result) ?? []
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
