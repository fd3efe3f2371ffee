/**
 * The drift check stage: compares the replica with the site without sending the posts, and repairs the differences.
 *
 * Both sides compute a **sketch** of their set of (post id, etag) per post type (sketch.ts). The difference of two
 * sketches decodes to exactly the posts that differ, and its size depends on the number of differences, not of posts:
 * 64 symbols are enough for about 17 edits among any number of posts. For each type, the check repeats these steps:
 *
 * 1. `compare`: request the site's sketch. A slow site answers in ranges of ids, whose sketches add up.
 * 2. Equal sketches: done. A difference that decodes names the posts to repair. One that doesn't decode has an estimate
 *    of its size, so a larger sketch is requested; if that would be too large, the whole type is read again (`reread`).
 * 3. `repair`: fetch the posts that differ and import them like any other fetch (repair.ts).
 * 4. Compare the replica with the root that the site sent in step 1. Equal roots verify the repair without another
 *    request. Otherwise somebody edited the site meanwhile, and the next round asks again, three rounds at most.
 *
 * A sketch never changes an item. A wrong or damaged digest only causes posts to be fetched in vain.
 */
import { DigestData, SYMBOLS_LIMIT } from '../../contract/content-link.ts'
import { MAX_COMMANDS, type CommandResult } from '../../contract/link.ts'
import { decode, estimateDifference } from './decode.ts'
import { Sketch } from './sketch.ts'
import { LinkError } from '../transport/direct/errors.ts'
import type { CommandRequest } from '../transport/sender.ts'
import { assertHeld, type RunConfig, type EngineContext } from '../stages/context.ts'
import { advance, assertAdvances, warn } from '../stages/cursor.ts'
import type { RunCursor, TypeDriftCursor } from '../replica/tables/run-cursor.ts'
import { digestReplica } from './replica-digest.ts'
import { repairRound } from './repair.ts'

/** Enough to decode about 17 edits, and to estimate larger differences. */
const FIRST_SYMBOLS = 64
/** Symbols requested per differing element: decoding needs 1.4 on average, and the estimate may be low. */
const SYMBOLS_PER_ELEMENT = 1.5
/** Comparisons of a type in one drift check, since the site may be edited meanwhile. */
const MAX_ROUNDS = 3

const compareFrom = (type: TypeDriftCursor, size = FIRST_SYMBOLS): TypeDriftCursor => ({
  ...type,
  step: 'compare',
  size,
  after: 0,
  remote: null,
})

/** The first position of each type. Of a type that was imported up to its limit, only what was read takes part. */
export function openDriftCheck({ replica }: EngineContext, runConfig: RunConfig): TypeDriftCursor[] {
  const limited = replica.types.limited()
  return runConfig.postTypes.map(({ slug, limit }) =>
    compareFrom({
      type: slug,
      until: limited.has(slug) ? (replica.types.watermark(slug, 'full') ?? [0, 0]) : null,
      step: 'compare',
      size: 0,
      after: 0,
      remote: null,
      root: null,
      round: 1,
      left: limit,
      ids: [],
      seen: [],
      unresolved: [],
      outcome: null,
    }),
  )
}

const toRequest = ({ type, until, size, after }: TypeDriftCursor): CommandRequest => ({
  name: 'digest',
  args: { type, until, symbols: size, after },
})

/** Adds the sketch of a range of ids to the sum of the earlier ranges. @throws LinkError `response_invalid` */
function addRange(earlier: string | null, { symbols }: DigestData): Sketch {
  try {
    const part = Sketch.fromBase64(symbols)
    return earlier === null ? part : Sketch.fromBase64(earlier).combine(part, 1)
  } catch (cause) {
    const problem = { code: 'response_invalid', detail: 'The symbols of a digest are damaged.' } as const
    throw new LinkError(problem, [], { cause })
  }
}

const isEqual = (left: Sketch, right: Sketch) => {
  const [one, other] = [left.root(), right.root()]
  return one.count === other.count && one.sum === other.sum
}

/** Chooses the posts to repair: all known ones, and unknown ones up to the type's limit. */
function selectIds(ctx: EngineContext, cursor: RunCursor, type: TypeDriftCursor, ids: readonly number[]) {
  const known = ctx.replica.items.heads(ids)
  const unknown = ids.filter((id) => !known.has(id))
  const beyond = new Set(unknown.slice(type.left))
  if (beyond.size > 0) warn(cursor, `limited: ${type.type}`)
  return {
    ids: ids.filter((id) => !beyond.has(id)),
    beyond: [...beyond],
    left: type.left - unknown.length + beyond.size,
  }
}

/** The next step of a type after a comparison: done, repair, compare with more symbols, or read the type again. */
function nextStep(ctx: EngineContext, cursor: RunCursor, type: TypeDriftCursor, remote: Sketch, local: Sketch) {
  const root = remote.root()
  if (isEqual(remote, local)) return { ...type, root, remote: null, step: 'done', outcome: 'equal' } as const
  const difference = remote.combine(local, -1)
  const wanted = Math.ceil(estimateDifference(difference) * SYMBOLS_PER_ELEMENT) + FIRST_SYMBOLS / 2
  const found = decode(difference)
  if (!found.isComplete) {
    const size = Math.max(wanted, 4 * type.size)
    if (size > SYMBOLS_LIMIT) return { ...type, root, remote: null, step: 'done', outcome: 'reread' } as const
    return compareFrom(type, size)
  }
  const differing = [...new Set([...found.added, ...found.removed].map(({ id }) => id))]
  const { ids, beyond, left } = selectIds(ctx, cursor, type, differing)
  advance(cursor.progress, type.type, 0, ids.length)
  const seen = [...new Set([...type.seen, ...differing])]
  return { ...type, root, remote: null, step: 'repair', ids, left, seen, unresolved: beyond } as const
}

/** How the check of a type ends that the site can't or may not compare. */
const OUTCOMES: Readonly<Record<string, 'skipped' | 'unsupported'>> = {
  unknown_type: 'skipped',
  type_denied: 'skipped',
  unknown_command: 'unsupported',
}

/** Ends a type that the site can't compare; any other error fails the attempt. */
function endFailedType(cursor: RunCursor, type: TypeDriftCursor, result: CommandResult & { ok: false }) {
  if (result.code === 'not_reached') return type
  const outcome = OUTCOMES[result.code]
  if (!outcome) {
    const detail = `The site failed with ${result.code}: ${result.detail}`
    throw new LinkError({ code: 'command_failed', detail }, [])
  }
  warn(cursor, `${result.code}: ${type.type}`)
  return { ...type, step: 'done', outcome } as const
}

/** Requests the sketches of all types at once, and compares those whose last range has come. */
async function compareRound(ctx: EngineContext, cursor: RunCursor, types: readonly TypeDriftCursor[]) {
  ctx.enter('compare', types.length === 1 ? (types[0]?.type ?? null) : null)
  const results = await ctx.send(types.map(toRequest))
  assertHeld(ctx)
  const answered = types.map((type, index): { type: TypeDriftCursor; remote: Sketch | null } => {
    const result = results[index]
    if (!result) return { type, remote: null }
    if (!result.ok) return { type: endFailedType(cursor, type, result), remote: null }
    const data = DigestData.parse(result.data)
    const remote = addRange(type.remote, data)
    if (data.next === null) return { type, remote }
    assertAdvances([0, type.after], [0, data.next], type.type)
    return { type: { ...type, after: data.next, remote: remote.toBase64() }, remote: null }
  })
  const selections = answered.flatMap(({ type, remote }) => (remote ? [{ ...type, size: remote.size }] : []))
  const sketches = selections.length > 0 ? digestReplica(ctx, selections) : new Map<string, Sketch>()
  return answered.map(({ type, remote }): TypeDriftCursor => {
    const local = sketches.get(type.type)
    return remote && local ? nextStep(ctx, cursor, type, remote, local) : type
  })
}

/**
 * Ends the repair of a type: compares the replica with the root that the site sent, which verifies the repair without
 * another request. If they differ, somebody edited the site meanwhile, and the type is compared again. A type with
 * posts that stayed different ends as `differs`.
 */
function verifyRepair(ctx: EngineContext, types: readonly TypeDriftCursor[]): TypeDriftCursor[] {
  const open = types.filter(({ step, ids }) => step === 'repair' && ids.length === 0)
  const isRepaired = ({ unresolved }: TypeDriftCursor) => unresolved.length === 0
  const sketches = digestReplica(
    ctx,
    open.filter(isRepaired).map(({ type, until }) => ({ type, until, size: 1 })),
  )
  return types.map((type): TypeDriftCursor => {
    if (!open.includes(type)) return type
    const root = sketches.get(type.type)?.root()
    if (!root) return { ...type, step: 'done', outcome: 'differs' }
    if (root.sum === type.root?.sum && root.count === type.root.count)
      return { ...type, step: 'done', outcome: 'equal' }
    if (type.round >= MAX_ROUNDS) return { ...type, step: 'done', outcome: 'differs' }
    return compareFrom({ ...type, round: type.round + 1 })
  })
}

/**
 * Plays one round: a comparison of all types that need one, a part of the repairs, or the verification of the repairs.
 * @returns false if every type is done
 */
export async function driftCheckRound(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  const types = cursor.driftChecks ?? openDriftCheck(ctx, runConfig)
  const comparing = types.filter(({ step }) => step === 'compare').slice(0, MAX_COMMANDS)
  if (comparing.length > 0) {
    const compared = await compareRound(ctx, cursor, comparing)
    const byType = new Map(compared.map((type) => [type.type, type]))
    ctx.replica.database.transaction(() => {
      cursor.driftChecks = types.map((type) => byType.get(type.type) ?? type)
      save(cursor)
    })
    return true
  }
  const isRepairing = types.some(({ step, ids }) => step === 'repair' && ids.length > 0)
  if (isRepairing) {
    await repairRound(ctx, runConfig, { ...cursor, driftChecks: types }, (repaired) => {
      Object.assign(cursor, repaired)
      save(cursor)
    })
    return true
  }
  if (types.every(({ step }) => step === 'done')) return false
  cursor.driftChecks = verifyRepair(ctx, types)
  return true
}
