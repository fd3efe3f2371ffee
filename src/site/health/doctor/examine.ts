/**
 * The doctor: examines a site from the outside in, from DNS to the plugin, and names the layer at fault.
 *
 *   examine.ts   calls the site: finds the endpoint, then asks for `status` and `echo`
 *   symptoms.ts  what the plugin's status says: clock, cron, outbox, PHP limits, a copy of the site
 *   echo.ts      whether our request reached PHP unchanged
 *   refine.ts    if a call failed: reads the answer again to find the exact layer (firewall, cache, PHP, …)
 *   polling.ts   the same report for a site that polls
 *   traffic.ts   records the HTTP calls and redacts what is shown of them
 *   finding.ts   builds findings from the tables of errors and symptoms (contract/)
 *
 * A report has findings, the steps taken, and one raw answer. It never contains secrets.
 */
import type { DoctorReport, Finding } from '../../../contract/doctor.ts'
import type { EvidenceStep } from '../../../contract/evidence.ts'
import { blankSecrets } from '../../../lib/log.ts'
import { describeFailure } from '../../transport/failure.ts'
import { readCommandData } from '../../transport/direct/send.ts'
import type { Discovered } from '../../transport/direct/discover.ts'
import { LinkError } from '../../transport/direct/errors.ts'
import type { SiteStore } from '../../replica/store.ts'
import type { Examination, ProbeRequest } from '../../rpc.ts'
import { findSite, sendBatch, type LinkContext } from '../../transport/site-link.ts'
import { compareEcho } from './echo.ts'
import { errorFinding, findingOf, sortFindings, verdictOf } from './finding.ts'
import { refineFailure } from './refine.ts'
import { findSymptoms } from './symptoms.ts'
import { recordCalls, redactAnswer, type HttpCall } from './traffic.ts'

/**
 * Blanks secrets everywhere in a report: texts from the site may repeat one, for example in the plugin's last error.
 */
const withoutSecrets = <T>(report: T): T => JSON.parse(blankSecrets(JSON.stringify(report))) as T

/** The call that failed: the step whose note has the error's code, else the last call. */
function findFailedCall(recorded: HttpCall[], evidence: EvidenceStep[], code: string): HttpCall | null {
  const answered = evidence.filter(({ status }) => status !== undefined)
  const at = answered.findLastIndex((step) => step.note?.split('; ').includes(code))
  return recorded[at] ?? recorded.at(-1) ?? null
}

/** Evidence for a failure without an answer: the last step. */
function describeLastStep(steps: EvidenceStep[]): string[] {
  const { step, url = '', note = '' } = steps.at(-1) ?? { step: 'nothing was asked' }
  return [[step, url, note && `→ ${note}`].filter(Boolean).join(' ')]
}

function describeDiscovery(found: Discovered): Finding[] {
  return [
    ...(found.index === 'closed'
      ? [findingOf('rest_index_blocked', 'Only the plugin’s own route answers.', [found.commandsUrl])]
      : []),
    ...(found.index === 'stale'
      ? [findingOf('served_from_cache', 'The REST index is older than the plugin.', [found.restRoot])]
      : []),
  ]
}

/** Asks the plugin for its status, and for our request as it arrived. */
async function askPlugin(
  ctx: LinkContext,
  request: ProbeRequest & { isPacked: boolean },
  found: Discovered,
  recorded: HttpCall[],
) {
  const commands = (['status', 'echo'] as const).map((name) => ({ id: ctx.newId('cmd'), name, args: {} }))
  const sent = await sendBatch(ctx, { ...request, endpoint: found.commandsUrl }, commands)
  const status = readCommandData('status', sent.results[0], sent.evidence)
  const echoed = sent.results[1]
  // an older plugin has no `echo`; a symptom names the missing command
  const echo = echoed?.ok ? readCommandData('echo', echoed, sent.evidence) : null
  const lastCall = recorded.at(-1)
  const symptoms = findSymptoms(status, sent.skewS).map(({ code, detail, evidence }) =>
    code === 'clone_detected' ? errorFinding(code, detail, evidence) : findingOf(code, detail, evidence),
  )
  const findings = [
    findingOf('answered', `WordPress answered at ${found.commandsUrl}.`, [
      `WordPress ${status.wp_version}, PHP ${status.php_version}, ${status.db}, plugin ${status.plugin_version}`,
    ]),
    ...symptoms,
    ...(echo && lastCall ? compareEcho(lastCall, echo) : []),
    ...(status.permalinks === 'plain'
      ? [findingOf('permalinks_plain', 'The REST API is reached with ?rest_route=.', [found.restRoot])]
      : []),
    ...(status.plugin_connection_enabled ? [] : [findingOf('sync_paused', 'Enable Sync Operations is off.', [])]),
  ]
  return { status, skewS: sent.skewS, evidence: sent.evidence, findings }
}

/**
 * Examines a site and reports the layer at fault, the evidence and a fix. At most about ten requests and 55 seconds. A
 * failure is part of the report, never an exception.
 */
export async function examineSite(
  outer: LinkContext & { store: Pick<SiteStore, 'transport'> },
  request: ProbeRequest,
): Promise<Examination> {
  const { observe, recorded } = recordCalls()
  const ctx = { ...outer, observe }
  const steps: EvidenceStep[] = []
  const report = (findings: Finding[], failedCall: HttpCall | null): DoctorReport =>
    withoutSecrets({
      verdict: verdictOf(findings),
      at: new Date(ctx.now()).toISOString(),
      findings: sortFindings(findings),
      steps,
      raw: failedCall && redactAnswer(failedCall.answer),
    })
  try {
    const found = await findSite(ctx, request, request.restRoot)
    steps.push(...found.evidence)
    // stricter rules count the signs of a body, and would let the work pass that the doctor then calls blocked
    const { isPacking: isPacked } = outer.store.transport.read()
    const asked = await askPlugin(ctx, { ...request, isPacked }, found, recorded)
    steps.push(...asked.evidence)
    const probe = {
      ok: true,
      transport: 'direct',
      detail: `WordPress answered at ${found.commandsUrl}.`,
      commandsUrl: found.commandsUrl,
      plugin: asked.status,
      evidence: steps,
      clockSkewS: asked.skewS,
    } as const
    return { probe, report: report([...asked.findings, ...describeDiscovery(found)], recorded.at(-1) ?? null) }
  } catch (cause) {
    if (cause instanceof LinkError) steps.push(...cause.evidence)
    const failure = describeFailure(cause)
    const { code, detail, fix } = failure
    const failedCall = findFailedCall(recorded, steps, code)
    const closer = await refineFailure(failure, failedCall)
    const evidence = closer.evidence.length > 0 ? closer.evidence : describeLastStep(steps)
    const finding = { ...errorFinding(code, detail, evidence), layer: closer.layer }
    const refined = { ...finding, detail: closer.detail ?? detail, fix: closer.fix ?? fix }
    const probe = { ok: false, code, detail, fix, plugin: null, evidence: steps, clockSkewS: null } as const
    return { probe, report: report([refined], failedCall) }
  }
}
