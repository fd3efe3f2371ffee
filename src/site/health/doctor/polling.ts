import type { DoctorReport, Finding } from '../../../contract/doctor.ts'
import { describeTransport } from '../../transport/choice.ts'
import type { Examination, ProbeOutcome } from '../../rpc.ts'
import { describeCalls, applyPolling } from '../probe.ts'
import type { SiteStore } from '../../replica/store.ts'
import { errorFinding, findingOf, sortFindings, verdictOf } from './finding.ts'

type Store = Pick<SiteStore, 'transport'>

/** How the site is served, and where the way to it ends: `layer` and `code` of what keeps us from calling it. */
function describeService(store: Store, probe: ProbeOutcome, { layer, code }: Finding, now: number): Finding {
  const { expectedLatencyS, lastPollAt } = describeTransport(store)
  const evidence = [
    `last call of the site: ${lastPollAt === null ? 'never' : lastPollAt.toISOString()}`,
    `time between its calls, as seen: ${expectedLatencyS} s`,
  ]
  if (!probe.ok) return errorFinding('site_not_polling', probe.detail, evidence)
  const where = `It can’t be called: layer ${layer} (${code}).`
  const how = `It is served by recordedCall: ${describeCalls(store, now)}, and work waits some ${expectedLatencyS} s for its next call.`
  return findingOf('served_by_polling', `${where} ${how}`, evidence)
}

/** What kept us from calling the site is gone, and nobody has noticed yet. */
function noteCallable(store: Store, seen: Examination): Examination {
  if (!seen.probe.ok || store.transport.read().transport === 'direct') return seen
  const detail = 'It is still served by recordedCall, but has just answered a call of ours.'
  const found = findingOf('callable_again', detail, [seen.probe.detail])
  const findings = sortFindings([...seen.report.findings, found])
  return { ...seen, report: { ...seen.report, findings } }
}

/**
 * What an examination means for a site that is served by its own calls: that it can't be called breaks nothing while it
 * calls. What is at fault is named all the same, and so is that it could be called again. Changes nothing: the transport is the checks' to choose.
 */
export function deriveReport(store: Store, seen: Examination, now: number): Examination {
  const probe = applyPolling(store, seen.probe, now)
  const [cause] = seen.report.findings
  if (probe === seen.probe || !cause) return noteCallable(store, seen)
  const service = describeService(store, probe, cause, now)
  const severity = probe.ok ? 'warning' : 'error'
  const findings = sortFindings([
    service,
    ...seen.report.findings.map((finding) => ({ ...finding, severity }) as const),
  ])
  // the report's own steps are without secrets already
  const steps = [...seen.report.steps, ...probe.evidence.slice(seen.probe.evidence.length)]
  const report: DoctorReport = { ...seen.report, verdict: verdictOf(findings), findings, steps }
  return { probe, report }
}
