import type { CommandResult } from '../../contract/link.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import type { EngineContext, Request } from '../stages/context.ts'
import type { Meter } from './meter.ts'
import type { LinkContext, LinkTarget } from '../transport/site-link.ts'
import { sendToSite } from '../transport/site-link.ts'
import type { SiteStore } from '../replica/store.ts'
import { Suspended } from '../transport/suspended.ts'
import { INBOX } from '../replica/tables/command-log.ts'

/** Part of the time that a request took for which the site is left alone before the next, and the longest such pause. */
const PAUSE_SHARE = 0.25
const MAX_PAUSE_MS = 1_000

interface EngineSurroundings extends LinkContext {
  store: SiteStore
  random: () => number
  sleep: (ms: number) => Promise<void>
}

interface Work {
  target: LinkTarget
  /** Where the site is; only asked for when it is called. */
  endpoint: () => Promise<string>
  holds: () => boolean
  /** Whose answers these are: `INBOX` or the id of a run; null for work that somebody waits for, and that only calls. */
  workId: string | null
  /** Measures the work, where somebody wants to know. */
  meter?: Meter
}

type Asked = Request & { key: string }

/** What a request asks, whatever its id: so that a work played again finds its answer. */
const keyOf = async ({ name, args, id }: Request) => id ?? `${name}.${await sha256Hex(JSON.stringify(args))}`

/** Calls the site: one request at a time, and a pause after each that grows with the site's own slowness. */
function directSender(ctx: EngineSurroundings, { target, endpoint }: Work) {
  let pauseMs = 0
  return async (requests: readonly Request[]): Promise<CommandResult[]> => {
    if (pauseMs >= 1) await ctx.sleep(pauseMs)
    const startedAt = ctx.now()
    try {
      const commands = requests.map(({ name, args, id }) => ({ id: id ?? ctx.newId('cmd'), name, args }))
      return await sendToSite(ctx, { ...target, endpoint: await endpoint() }, commands)
    } finally {
      pauseMs = Math.min((ctx.now() - startedAt) * PAUSE_SHARE, MAX_PAUSE_MS)
    }
  }
}

/** Queues what the site is to do when it calls. @throws Suspended always */
function queueForSite(ctx: EngineSurroundings, workId: string, asked: readonly Asked[], hasCommitted: boolean): never {
  const { commandLog, replica } = ctx.store
  const owner = commandLog.owner()
  const isOthers = owner !== null && owner.workId !== workId
  const isInboxDue = workId !== INBOX && hasCommitted && replica.inbox.duePosts(ctx.now(), 1).length > 0
  if (isOthers || isInboxDue) throw new Suspended(true)
  const commands = asked.map(({ key, id, name, args }) => ({ key, id: id ?? ctx.newId('cmd'), name, args }))
  commandLog.queue(workId, commands, ctx.now())
  throw new Suspended()
}

/**
 * Gives the engine its site, by either transport. What a work asked before and has not committed is answered from the
 * commandLog; the rest is asked of the site, or queued for its next call.
 */
export function createEngineContext(ctx: EngineSurroundings, work: Work): EngineContext {
  const { workId, holds } = work
  const { commandLog, transport, replica } = ctx.store
  const call = directSender(ctx, work)
  const isPolling = workId !== null && transport.read().transport === 'polling'
  const usesCommandLog = isPolling || (workId !== null && commandLog.owner()?.workId === workId)
  let hasCommitted = false

  const send = async (requests: readonly Request[]): Promise<CommandResult[]> => {
    if (!usesCommandLog) return call(requests)
    const asked: Asked[] = []
    for (const request of requests) asked.push({ ...request, key: await keyOf(request) })
    const answers = commandLog.answers(
      workId,
      asked.map(({ key }) => key),
    )
    const missing = asked.filter(({ key }) => !answers.has(key))
    if (answers.size > 0) work.meter?.carried(JSON.stringify([...answers.values()]).length)
    if (missing.length > 0 && isPolling) queueForSite(ctx, workId, missing, hasCommitted)
    const called = missing.length > 0 ? await call(missing) : []
    for (const [index, { key }] of missing.entries()) if (called[index]) answers.set(key, called[index])
    return asked.flatMap(({ key }) => answers.get(key) ?? [])
  }

  return {
    replica,
    now: ctx.now,
    newId: ctx.newId,
    random: ctx.random,
    send,
    enter: (phase, type) => work.meter?.enter(phase, type),
    holds,
    memo: <T>() => (usesCommandLog ? ((commandLog.memo(workId)?.value as T | undefined) ?? null) : null),
    memoize: (value) => {
      if (isPolling) commandLog.memoize(workId, value)
    },
    commit: () => {
      hasCommitted = true
      if (usesCommandLog) commandLog.forget(workId)
    },
  }
}
