import { ERRORS } from '../contract/errors.ts'
import type { EvidenceStep } from '../contract/evidence.ts'
import { isMendedByExchange } from '../contract/link-errors.ts'
import { isSilent, noteDirectFailure, noteDirectSuccess } from './carrier.ts'
import { describeFailure } from './failure.ts'
import { LinkError } from './link/errors.ts'
import type { ProbeOutcome, ProbeRequest } from './port.ts'
import { askSite, findSite, type LinkContext } from './site-link.ts'
import type { SiteStore } from './store.ts'

/** Takes in what a look at the site means for its carrier. @returns the look, {@link weighCarrier weighed} */
export function weighProbe(
  store: Pick<SiteStore, 'link'>,
  outcome: ProbeOutcome,
  mayExchange: boolean,
  now: number,
): ProbeOutcome {
  if (outcome.ok) noteDirectSuccess(store)
  if (outcome.ok || !mayExchange) return outcome
  noteDirectFailure(store, outcome.code, now)
  return weighCarrier(store, outcome, now)
}

/** What a look at the site means where it is served by its own calls: those count as its answers. Changes nothing. */
export function weighCarrier(store: Pick<SiteStore, 'link'>, outcome: ProbeOutcome, now: number): ProbeOutcome {
  const { carrier } = store.link.read()
  if (outcome.ok || carrier === 'direct' || !isMendedByExchange(outcome.code)) return outcome
  const calls = describeCalls(store, now)
  const evidence: EvidenceStep[] = [...outcome.evidence, { step: 'exchange', note: calls }]
  const detail = `The site can’t be called (${outcome.code}), and ${calls}.`
  if (isSilent(store, now)) {
    const { fix } = ERRORS.exchange_silent
    return { ok: false, code: 'exchange_silent', detail, fix, plugin: null, evidence, clockSkewS: null }
  }
  return { ok: true, carrier, detail, commandsUrl: null, plugin: null, evidence, clockSkewS: null }
}

/** When the site called last; goes on from a sentence about it. */
export function describeCalls({ link }: Pick<SiteStore, 'link'>, now: number): string {
  const { lastExchangeAt } = link.read()
  if (lastExchangeAt === null) return 'has never called'
  return `it called ${Math.max(0, Math.round((now - lastExchangeAt) / 1000))} s ago`
}

/**
 * Looks at a site as a test does: finds its command endpoint anew and asks the plugin for its status. What is wrong is
 * the outcome, never an exception.
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
    return { ok: true, carrier: 'direct', detail, commandsUrl, plugin: data, evidence, clockSkewS: skewS }
  } catch (cause) {
    if (cause instanceof LinkError) evidence.push(...cause.evidence)
    const { code, detail, fix } = describeFailure(cause)
    return { ok: false, code, detail, fix, plugin: null, evidence, clockSkewS: null }
  }
}
