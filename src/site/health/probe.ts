import { ERRORS } from '../../contract/errors.ts'
import type { EvidenceStep } from '../../contract/evidence.ts'
import { PACKING, type StatusData } from '../../contract/link.ts'
import { isSolvedByPolling } from '../../contract/link-errors.ts'
import type { CheckedIntegration } from '../../db/health.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import { rootOfCommands } from '../../lib/site-address.ts'
import type { ObjectContext } from '../runs/context.ts'
import { isSearchDue, isSilent, noteDirectFailure, noteDirectSuccess } from '../transport/choice.ts'
import { SECOND_TRY_MS } from '../transport/second-try.ts'
import { describeFailure } from '../transport/failure.ts'
import { LinkError } from '../transport/direct/errors.ts'
import { usualEndpoints } from '../transport/direct/rest-root.ts'
import type { ProbeOutcome, ProbeRequest, RpcCall } from '../rpc.ts'
import { askSite, findSite, type LinkContext } from '../transport/site-link.ts'
import type { SiteStore } from '../replica/store.ts'

/** Remembers whether the plugin reads packed requests. */
function notePacking({ transport }: Pick<SiteStore, 'transport'>, { encodings = [] }: StatusData): void {
  const isPacking = encodings.includes(PACKING)
  if (transport.read().isPacking !== isPacking) transport.save({ isPacking })
}

/** Updates the site's transport after a probe. @returns the outcome after {@link applyPolling} */
export function applyProbeResult(
  store: Pick<SiteStore, 'transport'>,
  outcome: ProbeOutcome,
  mayPoll: boolean,
  now: number,
): ProbeOutcome {
  if (outcome.ok) noteDirectSuccess(store)
  if (outcome.ok && outcome.plugin) notePacking(store, outcome.plugin)
  if (outcome.ok || !mayPoll) return outcome
  noteDirectFailure(store, outcome.code, now)
  return applyPolling(store, outcome, now)
}

/** The outcome of a probe for a site that polls: a recent poll counts as its answer. Stores nothing. */
export function applyPolling(store: Pick<SiteStore, 'transport'>, outcome: ProbeOutcome, now: number): ProbeOutcome {
  const { transport } = store.transport.read()
  if (outcome.ok || transport === 'direct' || !isSolvedByPolling(outcome.code)) return outcome
  const polls = describePolls(store, now)
  const evidence: EvidenceStep[] = [...outcome.evidence, { step: 'polling', note: polls }]
  const detail = `The site can’t be called (${outcome.code}), and ${polls}.`
  if (isSilent(store, now)) {
    const { fix } = ERRORS.site_not_polling
    return { ok: false, code: 'site_not_polling', detail, fix, plugin: null, evidence, clockSkewS: null }
  }
  return { ok: true, transport, detail, commandsUrl: null, plugin: null, evidence, clockSkewS: null }
}

/** When the site last polled, as the end of a sentence about it. */
export function describePolls({ transport }: Pick<SiteStore, 'transport'>, now: number): string {
  const { lastPollAt } = transport.read()
  if (lastPollAt === null) return 'has never polled'
  return `it polled ${Math.max(0, Math.round((now - lastPollAt) / 1000))} s ago`
}

/**
 * Probes a site fully: finds its command endpoint from the front page on and asks the plugin for its status. A failure
 * is an outcome, never an exception.
 */
export async function probeSite(ctx: LinkContext, request: ProbeRequest): Promise<ProbeOutcome> {
  const evidence: EvidenceStep[] = []
  try {
    const found = await findSite(ctx, request, request.restRoot)
    evidence.push(...found.evidence)
    const { data, skewS, evidence: steps } = await askSite(ctx, request, found.commandsUrl, 'status')
    evidence.push(...steps)
    const { commandsUrl } = found
    const detail = `WordPress answered at ${commandsUrl}.`
    return { ok: true, transport: 'direct', detail, commandsUrl, plugin: data, evidence, clockSkewS: skewS }
  } catch (cause) {
    if (cause instanceof LinkError) evidence.push(...cause.evidence)
    const { code, detail, fix } = describeFailure(cause)
    return { ok: false, code, detail, fix, plugin: null, evidence, clockSkewS: null }
  }
}

/** A probe that took longer is not repeated: somebody waits for its outcome. */
const FIRST_TRY_MS = 15_000

/**
 * Probes a site, and once more after a failure for which it would be served by polling: one request that went wrong
 * doesn't make it a site that can't be called. A site that polls already is not asked twice.
 */
export async function probeAgain(
  { store, sleep, now }: Pick<ObjectContext, 'store' | 'sleep' | 'now'>,
  probe: () => Promise<ProbeOutcome>,
): Promise<ProbeOutcome> {
  const startedAt = now()
  const first = await probe()
  if (first.ok || !isSolvedByPolling(first.code) || store.transport.read().transport === 'polling') return first
  if (now() - startedAt > FIRST_TRY_MS) return first
  await sleep(SECOND_TRY_MS)
  const second = await probe()
  const again: EvidenceStep = { step: 'second_try', note: `the first try ended with ${first.code}` }
  return { ...second, evidence: [...second.evidence, again] }
}

/** Probes a site fully, once more after such a failure. */
export const probeTwice = (ctx: ObjectContext, request: ProbeRequest): Promise<ProbeOutcome> =>
  probeAgain(ctx, () => probeSite(ctx, request))

/** The site of an integration with its signing secrets. */
async function targetOf(ctx: ObjectContext, call: RpcCall, row: CheckedIntegration): Promise<ProbeRequest> {
  const signingSecrets = await openSigningSecrets(ctx.config.keyRing, row, ctx.now())
  return { ...call, siteUrl: row.siteUrl, signingSecrets, restRoot: rootOfCommands(row.commandsUrl), mayPoll: true }
}

/** Probes an integration's site fully. */
export const probeFully = async (ctx: ObjectContext, call: RpcCall, row: CheckedIntegration): Promise<ProbeOutcome> =>
  probeSite(ctx, await targetOf(ctx, call, row))

/** Asks for the status at one address. @throws LinkError */
async function askAt(ctx: ObjectContext, target: ProbeRequest, commandsUrl: string): Promise<ProbeOutcome> {
  const { data, skewS, evidence } = await askSite(ctx, target, commandsUrl, 'status')
  const detail = `WordPress answered at ${commandsUrl}.`
  return { ok: true, transport: 'direct', detail, commandsUrl, plugin: data, evidence, clockSkewS: skewS }
}

function toOutcome(cause: LinkError): ProbeOutcome {
  const { code, detail, fix } = describeFailure(cause)
  return { ok: false, code, detail, fix, plugin: null, evidence: [...cause.evidence], clockSkewS: null }
}

/**
 * Probes a site with one request to the command endpoint that last worked. If that fails, probes it fully, to find a
 * REST API that moved or to name the cause. A site that polls is mostly asked at that endpoint alone, or where none is
 * known at the usual places (transport/choice.ts).
 */
export async function probeKnownEndpoint(
  ctx: ObjectContext,
  call: RpcCall,
  row: CheckedIntegration,
): Promise<ProbeOutcome> {
  const target = await targetOf(ctx, call, row)
  const isFull = isSearchDue(ctx.store)
  const usual = isFull ? [] : usualEndpoints(row.siteUrl)
  const endpoints = row.commandsUrl === null ? usual : [row.commandsUrl]
  let failed: ProbeOutcome | null = null
  for (const endpoint of target.signingSecrets.length > 0 ? endpoints : []) {
    try {
      return await askAt(ctx, target, endpoint)
    } catch (cause) {
      if (!(cause instanceof LinkError)) throw cause
      failed ??= toOutcome(cause)
    }
  }
  return failed === null || isFull ? probeSite(ctx, target) : failed
}
