import { DigestData, SYMBOLS_LIMIT } from '../../contract/content-link.ts'
import { MAX_COMMANDS, type CommandResult } from '../../contract/link.ts'
import { decode, estimateDifference } from './decode.ts'
import { Sketch } from './sketch.ts'
import { LinkError } from '../transport/direct/errors.ts'
import { assertHeld, type RunConfig, type EngineContext, type Request } from '../stages/context.ts'
import { advance, assertAdvances, warn } from '../stages/cursor.ts'
import type { RunCursor, TypeDriftCursor } from '../replica/tables/run-cursor.ts'
import { digestReplica } from './replica-digest.ts'
import { repairRound } from './repair.ts'

/** Enough for 17 edits, and to tell how many there are. */
const FIRST_SYMBOLS = 64
/** Symbols per differing element: 1.4 on average, with room for a wrong estimate. */
const SYMBOLS_PER_ELEMENT = 1.5
/** Comparisons of a type in one drift_check: the site may be edited meanwhile. */
const MAX_ROUNDS = 3

const compareFrom = (type: TypeDriftCursor, size = FIRST_SYMBOLS): TypeDriftCursor => ({
  ...type,
  step: 'compare',
  size,
  after: 0,
  theirs: null,
})

/** The types that are compared; of those that are imported up to their limit, what had its turn. */
export function openDriftCheck({ replica }: EngineContext, runConfig: RunConfig): TypeDriftCursor[] {
  const limited = replica.types.limited()
  return runConfig.postTypes.map(({ slug, limit }) =>
    compareFrom({
      type: slug,
      until: limited.has(slug) ? (replica.types.watermark(slug, 'full') ?? [0, 0]) : null,
      step: 'compare',
      size: 0,
      after: 0,
      theirs: null,
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

const toRequest = ({ type, until, size, after }: TypeDriftCursor): Request => ({
  name: 'digest',
  args: { type, until, symbols: size, after },
})

/** What the site says of a range, added to what it said before. @throws LinkError `response_invalid` */
function addRange(theirs: string | null, { symbols }: DigestData): Sketch {
  try {
    const part = Sketch.fromBase64(symbols)
    return theirs === null ? part : Sketch.fromBase64(theirs).combine(part, 1)
  } catch (cause) {
    const problem = { code: 'response_invalid', detail: 'The symbols of a digest are damaged.' } as const
    throw new LinkError(problem, [], { cause })
  }
}

const isEqual = (left: Sketch, right: Sketch) => {
  const [one, other] = [left.root(), right.root()]
  return one.count === other.count && one.sum === other.sum
}

/** Takes the ids apart: known posts are always looked at, others as far as the type's limit goes. */
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

/** Both sides are known: equal, or which posts differ, or a larger question, or everything anew. */
function judge(ctx: EngineContext, cursor: RunCursor, type: TypeDriftCursor, theirs: Sketch, ours: Sketch) {
  const root = theirs.root()
  if (isEqual(theirs, ours)) return { ...type, root, theirs: null, step: 'done', outcome: 'equal' } as const
  const difference = theirs.combine(ours, -1)
  const wanted = Math.ceil(estimateDifference(difference) * SYMBOLS_PER_ELEMENT) + FIRST_SYMBOLS / 2
  const found = decode(difference)
  if (!found.isComplete) {
    const size = Math.max(wanted, 4 * type.size)
    if (size > SYMBOLS_LIMIT) return { ...type, root, theirs: null, step: 'done', outcome: 'reread' } as const
    return compareFrom(type, size)
  }
  const differing = [...new Set([...found.added, ...found.removed].map(({ id }) => id))]
  const { ids, beyond, left } = selectIds(ctx, cursor, type, differing)
  advance(cursor.progress, type.type, 0, ids.length)
  const seen = [...new Set([...type.seen, ...differing])]
  return { ...type, root, theirs: null, step: 'repair', ids, left, seen, unresolved: beyond } as const
}

function handleFailure(cursor: RunCursor, type: TypeDriftCursor, result: CommandResult & { ok: false }) {
  if (result.code === 'not_reached') return type
  const outcome = ({ unknown_type: 'skipped', unknown_command: 'unsupported' } as const)[result.code]
  if (!outcome) {
    const detail = `The site failed with ${result.code}: ${result.detail}`
    throw new LinkError({ code: 'command_failed', detail }, [])
  }
  warn(cursor, `${result.code}: ${type.type}`)
  return { ...type, step: 'done', outcome } as const
}

/** Asks what the types add up to, all in one request, and compares those of which the site has said all. */
async function compareRound(ctx: EngineContext, cursor: RunCursor, types: readonly TypeDriftCursor[]) {
  ctx.enter('compare', types.length === 1 ? (types[0]?.type ?? null) : null)
  const results = await ctx.send(types.map(toRequest))
  assertHeld(ctx)
  const heard = types.map((type, index): { type: TypeDriftCursor; theirs: Sketch | null } => {
    const result = results[index]
    if (!result) return { type, theirs: null }
    if (!result.ok) return { type: handleFailure(cursor, type, result), theirs: null }
    const data = DigestData.parse(result.data)
    const theirs = addRange(type.theirs, data)
    if (data.next === null) return { type, theirs }
    assertAdvances([0, type.after], [0, data.next], type.type)
    return { type: { ...type, after: data.next, theirs: theirs.toBase64() }, theirs: null }
  })
  const scopes = heard.flatMap(({ type, theirs }) => (theirs ? [{ ...type, size: theirs.size }] : []))
  const ours = scopes.length > 0 ? digestReplica(ctx, scopes) : new Map<string, Sketch>()
  return heard.map(({ type, theirs }): TypeDriftCursor => {
    const own = ours.get(type.type)
    return theirs && own ? judge(ctx, cursor, type, theirs, own) : type
  })
}

/**
 * What follows when every differing post was looked at: the replica is compared with what the site had said, which proves the repair
 * without another question. Where they still differ somebody has edited meanwhile, and the site is asked anew.
 */
function verify(ctx: EngineContext, types: readonly TypeDriftCursor[]): TypeDriftCursor[] {
  const open = types.filter(({ step, ids }) => step === 'repair' && ids.length === 0)
  const isProvable = ({ unresolved }: TypeDriftCursor) => unresolved.length === 0
  const ours = digestReplica(
    ctx,
    open.filter(isProvable).map(({ type, until }) => ({ type, until, size: 1 })),
  )
  return types.map((type): TypeDriftCursor => {
    if (!open.includes(type)) return type
    const own = ours.get(type.type)?.root()
    if (!own) return { ...type, step: 'done', outcome: 'differs' }
    if (own.sum === type.root?.sum && own.count === type.root.count) return { ...type, step: 'done', outcome: 'equal' }
    if (type.round >= MAX_ROUNDS) return { ...type, step: 'done', outcome: 'differs' }
    return compareFrom({ ...type, round: type.round + 1 })
  })
}

/**
 * One step of comparing the replica with the site: asks for digests, or looks at posts that differ. Nothing is done because of a
 * digest but to look: what is found goes the way of every other look, and a look that fails changes nothing.
 * @returns false when every type is done
 */
export async function driftCheckRound(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  const types = cursor.driftChecks ?? openDriftCheck(ctx, runConfig)
  const asked = types.filter(({ step }) => step === 'compare').slice(0, MAX_COMMANDS)
  if (asked.length > 0) {
    const compared = await compareRound(ctx, cursor, asked)
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
  cursor.driftChecks = verify(ctx, types)
  return true
}
