import { FetchData, type RawDocument } from '../../contract/content-link.ts'
import { MAX_COMMANDS, type CommandResult } from '../../contract/link.ts'
import { LinkError } from '../transport/direct/errors.ts'
import { importDeletions, importDocuments } from '../stages/import.ts'
import { assertHeld, type RunConfig, type EngineContext } from '../stages/context.ts'
import { advance } from '../stages/cursor.ts'
import type { RunCursor, TypeDriftCursor } from '../replica/tables/run-cursor.ts'

/** Posts that one command fetches, and how many such commands one request has. */
const POSTS_PER_FETCH = 100
const FETCHES = 10

interface FoundPosts {
  items: RawDocument[]
  missing: number[]
  leftAlone: number[]
}

/**
 * Reads the answers. Posts that the site had no time for are fetched again.
 * @throws LinkError if it sent no post at all
 */
function readFetches(results: readonly (CommandResult | undefined)[]): FoundPosts {
  const found: FoundPosts = { items: [], missing: [], leftAlone: [] }
  for (const result of results) {
    if (result?.ok) {
      const { items, missing, left_alone: leftAlone } = FetchData.parse(result.data)
      found.items.push(...items)
      found.missing.push(...missing)
      found.leftAlone.push(...leftAlone)
    } else if (result?.code !== 'not_reached') {
      const detail = `The site could not show its posts: ${result ? `${result.code}: ${result.detail}` : 'no answer'}`
      throw new LinkError({ code: 'command_failed', detail }, [])
    }
  }
  if (found.items.length + found.missing.length + found.leftAlone.length === 0)
    throw new LinkError({ code: 'command_failed', detail: 'The site had no time for any of the posts.' }, [])
  return found
}

/**
 * Fetches posts that differ. The same request lists the types of known posts: if a type is not registered (its plugin
 * was switched off), its posts are hidden, and not deleted.
 */
async function fetchDiffering({ replica, send }: EngineContext, ids: readonly number[]): Promise<FoundPosts> {
  const portions: number[][] = []
  for (let at = 0; at < ids.length; at += POSTS_PER_FETCH) portions.push(ids.slice(at, at + POSTS_PER_FETCH))
  const heads = replica.items.heads(ids)
  const types = [...new Set([...heads.values()].map(({ type }) => type))].slice(0, MAX_COMMANDS - FETCHES)
  const results = await send([
    ...portions.map((portion) => ({ name: 'fetch', args: { ids: portion } })),
    ...types.map((type) => ({ name: 'index', args: { type, after: [0, 0], limit: 1, fields: 'ids' } })),
  ])
  const { items, missing, leftAlone } = readFetches(results.slice(0, portions.length))
  const registered = new Set(types.filter((_, index) => results[portions.length + index]?.ok))
  // a post without an item can't lose one
  const isDeleted = (id: number) => registered.has(heads.get(id)?.type ?? '') || !heads.has(id)
  return { items, missing: missing.filter(isDeleted), leftAlone }
}

/** The posts whose item now equals what the site sent, or that neither side's sketch has any more. */
function resolvedOf({ replica }: EngineContext, { items, missing, leftAlone }: FoundPosts): Set<number> {
  const heads = replica.items.heads(items.map(({ id }) => id))
  const same = items.filter(({ id, etag }) => typeof etag === 'string' && heads.get(id)?.etag === etag)
  return new Set([...same.map(({ id }) => id), ...missing, ...leftAlone])
}

/** Fetches and imports the next posts that differ, and commits them with the position after them. */
export async function repairRound(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor & { driftChecks: readonly TypeDriftCursor[] },
  save: (cursor: RunCursor) => void,
): Promise<void> {
  const ids = [...new Set(cursor.driftChecks.flatMap((type) => (type.step === 'repair' ? type.ids : [])))]
  const batch = ids.slice(0, FETCHES * POSTS_PER_FETCH)
  ctx.enter('read', null)
  const found = await fetchDiffering(ctx, batch)
  assertHeld(ctx)
  ctx.replica.database.transaction(() => {
    importDocuments(ctx, found.items, runConfig.policy, cursor.counts)
    importDeletions(ctx, found.missing, runConfig.policy, cursor.counts)
    ctx.replica.items.leaveAlone(found.leftAlone, ctx.now())
    const shown = new Set([...found.items.map(({ id }) => id), ...found.missing, ...found.leftAlone])
    const resolved = resolvedOf(ctx, found)
    const driftChecks = cursor.driftChecks.map((type): TypeDriftCursor => {
      const here = type.ids.filter((id) => shown.has(id))
      advance(cursor.progress, type.type, here.length)
      return {
        ...type,
        ids: type.ids.filter((id) => !shown.has(id)),
        unresolved: [...type.unresolved, ...here.filter((id) => !resolved.has(id))],
      }
    })
    save({ ...cursor, driftChecks })
  })
}
