import type { EvidenceStep } from '../contract/evidence.ts'
import { describeFailure } from './failure.ts'
import { LinkError } from './link/errors.ts'
import type { ProbeOutcome, ProbeRequest } from './port.ts'
import { askSite, findSite, type LinkContext } from './site-link.ts'

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
    return { ok: true, commandsUrl: found.commandsUrl, plugin: data, evidence, clockSkewS: skewS }
  } catch (cause) {
    if (cause instanceof LinkError) evidence.push(...cause.evidence)
    const { code, detail, fix } = describeFailure(cause)
    return { ok: false, code, detail, fix, plugin: null, evidence, clockSkewS: null }
  }
}
