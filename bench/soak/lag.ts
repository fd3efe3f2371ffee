/** How soon an edit is on the other side, of sites with which nothing was wrong. */
import { setTimeout as pause } from 'node:timers/promises'
import { newText, isContested } from './edits.ts'
import type { Chance } from './chance.ts'
import type { Point } from './fit.ts'
import { type Load, minutesOf, someSite } from './load.ts'
import type { SoakSite } from './site.ts'

/** An edit that takes longer is waited for no more; it counts with this. */
const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 40
/** Nothing was wrong with the site, or with the platform, for so long. */
const CALM_MS = 20_000
const PLATFORM_CALM_MS = 5_000

export const LAGS = ['seen', 'posted', 'seenByPolling', 'postedByPolling'] as const
export type Lag = (typeof LAGS)[number]

/** Milliseconds from an edit until the other side had it. */
export class Lags {
  readonly points: Record<Lag, Point[]> = { seen: [], posted: [], seenByPolling: [], postedByPolling: [] }

  add(lag: Lag, at: number, value: number): void {
    this.points[lag].push({ at, value })
  }
}

const isCalm = (load: Load) => load.worker.isUpSince(CALM_MS) && !load.faults.isD1Faulty(PLATFORM_CALM_MS)
const sitesAreWell = (site: SoakSite) => site.isWellSince(CALM_MS)

async function waitUntil(isThere: () => Promise<boolean> | boolean): Promise<number> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < PATIENCE_MS) {
    if (await isThere()) return performance.now() - startedAt
    await pause(LOOK_EVERY_MS)
  }
  return PATIENCE_MS
}

function choose(load: Load, chance: Chance) {
  const site = someSite(load, chance, sitesAreWell)
  if (!site || !isCalm(load)) return null
  const posts = [...site.expected].filter(([, { status, isGone }]) => status === undefined && !isGone)
  const [id] = chance.pick(posts.filter(([id]) => !isContested(id) && site.items.has(id))) ?? []
  const item = id === undefined ? undefined : site.items.get(id)
  return id === undefined || item === undefined ? null : { site, id, item }
}

/** From a save in WordPress until the API shows it. */
export async function measureSeen(load: Load, chance: Chance, lags: Lags): Promise<void> {
  const chosen = choose(load, chance)
  if (!chosen) return
  const { site, id, item } = chosen
  const title = newText(chance)
  site.expected.set(id, { ...site.expected.get(id), title })
  site.model.editPost(id, { title })
  const request = { kind: 'look', token: site.owner.token, expects: [404] }
  const isShown = async () => {
    const answer = await load.client.send(`GET ${site.content}/${item}`, request)
    // a later edit shows that this one was overtaken
    return answer.body['title'] === title || site.expected.get(id)?.title !== title
  }
  const ms = await waitUntil(isShown)
  if (sitesAreWell(site) && isCalm(load)) lags.add(site.isPolling ? 'seenByPolling' : 'seen', minutesOf(load), ms)
}

/** From a change in IGNY8 until the post has it. */
export async function measurePosted(load: Load, chance: Chance, lags: Lags): Promise<void> {
  const chosen = choose(load, chance)
  if (!chosen) return
  const { site, id, item } = chosen
  const body = `<p>${newText(chance)}</p>`
  const request = { kind: 'edit-item', token: site.owner.token, body: { body }, expects: [404, 409] }
  const startedAt = performance.now()
  const isTaken = await site.inTurn(item, async () => {
    const answer = await load.client.sendUntilKnown(`PATCH ${site.content}/${item}`, request)
    if (answer?.status === 200) site.expected.set(id, { ...site.expected.get(id), body })
    return answer?.status === 200
  })
  if (!isTaken) return
  const wasTaken = performance.now() - startedAt
  const isThere = () => site.model.site.posts.get(id)?.body === body || site.expected.get(id)?.body !== body
  const ms = wasTaken + (await waitUntil(isThere))
  if (sitesAreWell(site) && isCalm(load)) lags.add(site.isPolling ? 'postedByPolling' : 'posted', minutesOf(load), ms)
}
