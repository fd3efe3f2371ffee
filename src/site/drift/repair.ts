import { FetchData, type RawDocument } from '../../contract/content-link.ts'
import { MAX_COMMANDS, type CommandResult } from '../../contract/link.ts'
import { LinkError } from '../transport/direct/errors.ts'
import { importDeletions, importDocuments } from '../stages/import.ts'
import { assertHeld, type RunConfig, type EngineContext } from '../stages/context.ts'
import { advance } from '../stages/cursor.ts'
import type { RunCursor, TypeDriftCursor } from '../replica/tables/run-cursor.ts'

/** Posts that one command looks at, and such commands in one request. */
const POSTS_PER_FETCH = 100
const FETCHES = 10

interface FoundPosts {
  items: RawDocument[]
  missing: number[]
}

/** What the site showed; what it did not come to is asked for again. @throws LinkError where it shows nothing */
function readFetches(results: readonly (CommandResult | undefined)[]): FoundPosts {
  const looked: FoundPosts = { items: [], missing: [] }
  for (const result of results) {
    if (result?.ok) {
      const { items, missing } = FetchData.parse(result.data)
      looked.items.push(...items)
      looked.missing.push(...missing)
    } else if (result?.code !== 'not_reached') {
      const detail = `The site could not show its posts: ${result ? `${result.code}: ${result.detail}` : 'no answer'}`
      throw new LinkError({ code: 'command_failed', detail }, [])
    }
  }
  if (looked.items.length + looked.missing.length === 0)
    throw new LinkError({ code: 'command_failed', detail: 'The site came to none of the posts.' }, [])
  return looked
}

/**
 * Looks at posts that differ. Asks in the same request whether the types of known ones are there, since a post whose type vanished with its
 * plugin is out of sight, and not deleted.
 */
async function look({ replica, send }: EngineContext, ids: readonly number[]): Promise<FoundPosts> {
  const portions: number[][] = []
  for (let at = 0; at < ids.length; at += POSTS_PER_FETCH) portions.push(ids.slice(at, at + POSTS_PER_FETCH))
  const heads = replica.items.heads(ids)
  const types = [...new Set([...heads.values()].map(({ type }) => type))].slice(0, MAX_COMMANDS - FETCHES)
  const results = await send([
    ...portions.map((portion) => ({ name: 'fetch', args: { ids: portion } })),
    ...types.map((type) => ({ name: 'index', args: { type, after: [0, 0], limit: 1, fields: 'ids' } })),
  ])
  const { items, missing } = readFetches(results.slice(0, portions.length))
  const isThere = new Set(types.filter((_, index) => results[portions.length + index]?.ok))
  // one that is no item here has nothing to lose
  const isSeen = (id: number) => isThere.has(heads.get(id)?.type ?? '') || !heads.has(id)
  return { items, missing: missing.filter(isSeen) }
}

/** Posts that are here now as the site showed them. */
function resolvedOf({ replica }: EngineContext, { items, missing }: FoundPosts): Set<number> {
  const heads = replica.items.heads(items.map(({ id }) => id))
  const same = items.filter(({ id, etag }) => typeof etag === 'string' && heads.get(id)?.etag === etag)
  return new Set([...same.map(({ id }) => id), ...missing])
}

/** Looks at the next posts that differ and takes them in, as after a webhook. Commits them with the position after them. */
export async function repairRound(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor & { driftChecks: readonly TypeDriftCursor[] },
  save: (cursor: RunCursor) => void,
): Promise<void> {
  const ids = [...new Set(cursor.driftChecks.flatMap((type) => (type.step === 'repair' ? type.ids : [])))]
  const asked = ids.slice(0, FETCHES * POSTS_PER_FETCH)
  ctx.enter('read', null)
  const looked = await look(ctx, asked)
  assertHeld(ctx)
  ctx.replica.database.transaction(() => {
    importDocuments(ctx, looked.items, runConfig.policy, cursor.counts)
    importDeletions(ctx, looked.missing, runConfig.policy, cursor.counts)
    const shown = new Set([...looked.items.map(({ id }) => id), ...looked.missing])
    const resolved = resolvedOf(ctx, looked)
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
