import type { DoctorReport, Finding } from '../../../contract/doctor.ts'
import type { EvidenceStep } from '../../../contract/evidence.ts'
import { blankSecrets } from '../../../lib/log.ts'
import { describeFailure } from '../../transport/failure.ts'
import { readCommandData } from '../../transport/direct/send.ts'
import type { Discovered } from '../../transport/direct/discover.ts'
import { LinkError } from '../../transport/direct/errors.ts'
import type { Examination, ProbeRequest } from '../../rpc.ts'
import { findSite, sendBatch, type LinkContext } from '../../transport/site-link.ts'
import { compareEcho } from './echo.ts'
import { errorFinding, findingOf, sortFindings, verdictOf } from './finding.ts'
import { refineFailure } from './refine.ts'
import { findSymptoms } from './symptoms.ts'
import { recordTraffic, redactAnswer, type RecordedCall } from './traffic.ts'

/** What a site says of itself may repeat a secret, as the last error of a plugin does; none is shown. */
const withoutSecrets = <T>(told: T): T => JSON.parse(blankSecrets(JSON.stringify(told))) as T

/** The answer that the failure rests on: the step that was noted with its code, else the last one. */
function findCulprit(recorded: RecordedCall[], evidence: EvidenceStep[], code: string): RecordedCall | null {
  const answered = evidence.filter(({ status }) => status !== undefined)
  const at = answered.findLastIndex((step) => step.note?.split('; ').includes(code))
  return recorded[at] ?? recorded.at(-1) ?? null
}

/** What is there to show where nobody answered at all. */
function describeLast(steps: EvidenceStep[]): string[] {
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

/** The site was found: has it tell how it is, and what of our request arrived. */
async function askPlugin(ctx: LinkContext, request: ProbeRequest, found: Discovered, recorded: RecordedCall[]) {
  const commands = (['status', 'echo'] as const).map((name) => ({ id: ctx.newId('cmd'), name, args: {} }))
  const sent = await sendBatch(ctx, { ...request, endpoint: found.commandsUrl }, commands)
  const status = readCommandData('status', sent.results[0], sent.evidence)
  const echoed = sent.results[1]
  // an older plugin has no such command, which its own finding tells
  const echo = echoed?.ok ? readCommandData('echo', echoed, sent.evidence) : null
  const recordedCall = recorded.at(-1)
  const symptoms = findSymptoms(status, sent.skewS).map(({ code, detail, evidence }) =>
    code === 'clone_detected' ? errorFinding(code, detail, evidence) : findingOf(code, detail, evidence),
  )
  const findings = [
    findingOf('answered', `WordPress answered at ${found.commandsUrl}.`, [
      `WordPress ${status.wp_version}, PHP ${status.php_version}, ${status.db}, plugin ${status.plugin_version}`,
    ]),
    ...symptoms,
    ...(echo && recordedCall ? compareEcho(recordedCall, echo) : []),
    ...(status.permalinks === 'plain'
      ? [findingOf('permalinks_plain', 'The REST API is reached with ?rest_route=.', [found.restRoot])]
      : []),
    ...(status.plugin_connection_enabled ? [] : [findingOf('sync_paused', 'Enable Sync Operations is off.', [])]),
  ]
  return { status, skewS: sent.skewS, evidence: sent.evidence, findings }
}

/**
 * Examines a site from the outside in, and says which layer is at fault, with what shows it and what to do. Some ten
 * requests at most, 55 seconds at most. What is wrong is the report, never an exception.
 */
export async function examineSite(outer: LinkContext, request: ProbeRequest): Promise<Examination> {
  const { observe, recorded } = recordTraffic()
  const ctx = { ...outer, observe }
  const steps: EvidenceStep[] = []
  const report = (findings: Finding[], culprit: RecordedCall | null): DoctorReport =>
    withoutSecrets({
      verdict: verdictOf(findings),
      at: new Date(ctx.now()).toISOString(),
      findings: sortFindings(findings),
      steps,
      raw: culprit && redactAnswer(culprit.answer),
    })
  try {
    const found = await findSite(ctx, request, request.restRoot)
    steps.push(...found.evidence)
    const told = await askPlugin(ctx, request, found, recorded)
    steps.push(...told.evidence)
    const probe = {
      ok: true,
      transport: 'direct',
      detail: `WordPress answered at ${found.commandsUrl}.`,
      commandsUrl: found.commandsUrl,
      plugin: told.status,
      evidence: steps,
      clockSkewS: told.skewS,
    } as const
    return { probe, report: report([...told.findings, ...describeDiscovery(found)], recorded.at(-1) ?? null) }
  } catch (cause) {
    if (cause instanceof LinkError) steps.push(...cause.evidence)
    const failure = describeFailure(cause)
    const { code, detail, fix } = failure
    const culprit = findCulprit(recorded, steps, code)
    const closer = await refineFailure(failure, culprit)
    const shown = closer.evidence.length > 0 ? closer.evidence : describeLast(steps)
    const finding = { ...errorFinding(code, detail, shown), layer: closer.layer }
    const refined = { ...finding, detail: closer.detail ?? detail, fix: closer.fix ?? fix }
    const probe = { ok: false, code, detail, fix, plugin: null, evidence: steps, clockSkewS: null } as const
    return { probe, report: report([refined], culprit) }
  }
}
