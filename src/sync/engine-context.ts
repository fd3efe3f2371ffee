import type { CommandResult } from '../contract/link.ts'
import { sha256Hex } from '../lib/hmac.ts'
import type { EngineContext, Request } from './engine/context.ts'
import type { Meter } from './meter.ts'
import type { LinkContext, LinkTarget } from './site-link.ts'
import { sendToSite } from './site-link.ts'
import type { SiteStore } from './store.ts'
import { Suspended } from './suspended.ts'
import { INBOX } from './tables/journal.ts'

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
  scope: string | null
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
function queueForSite(ctx: EngineSurroundings, scope: string, asked: readonly Asked[], hasCommitted: boolean): never {
  const { journal, replica } = ctx.store
  const owner = journal.owner()
  const isOthers = owner !== null && owner.scope !== scope
  const isInboxDue = scope !== INBOX && hasCommitted && replica.inbox.duePosts(ctx.now(), 1).length > 0
  if (isOthers || isInboxDue) throw new Suspended(true)
  const commands = asked.map(({ key, id, name, args }) => ({ key, id: id ?? ctx.newId('cmd'), name, args }))
  journal.queue(scope, commands, ctx.now())
  throw new Suspended()
}

/**
 * Gives the engine its site, by either carrier. What a work asked before and has not committed is answered from the
 * journal; the rest is asked of the site, or queued for its next call.
 */
export function createEngineContext(ctx: EngineSurroundings, work: Work): EngineContext {
  const { scope, holds } = work
  const { journal, link, replica } = ctx.store
  const call = directSender(ctx, work)
  const isExchange = scope !== null && link.read().carrier === 'exchange'
  const isJournalled = isExchange || (scope !== null && journal.owner()?.scope === scope)
  let hasCommitted = false

  const send = async (requests: readonly Request[]): Promise<CommandResult[]> => {
    if (!isJournalled) return call(requests)
    const asked: Asked[] = []
    for (const request of requests) asked.push({ ...request, key: await keyOf(request) })
    const answers = journal.answers(
      scope,
      asked.map(({ key }) => key),
    )
    const missing = asked.filter(({ key }) => !answers.has(key))
    if (answers.size > 0) work.meter?.carried(JSON.stringify([...answers.values()]).length)
    if (missing.length > 0 && isExchange) queueForSite(ctx, scope, missing, hasCommitted)
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
    frozen: <T>() => (isJournalled ? ((journal.frozen(scope)?.value as T | undefined) ?? null) : null),
    freeze: (value) => {
      if (isExchange) journal.freeze(scope, value)
    },
    commit: () => {
      hasCommitted = true
      if (isJournalled) journal.forget(scope)
    },
  }
}
