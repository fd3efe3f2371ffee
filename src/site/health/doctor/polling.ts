import type { DoctorReport, Finding } from '../../../contract/doctor.ts'
import { describeTransport } from '../../transport/choice.ts'
import type { Examination, ProbeOutcome } from '../../rpc.ts'
import { describePolls, applyPolling } from '../probe.ts'
import type { SiteStore } from '../../replica/store.ts'
import { errorFinding, findingOf, sortFindings, verdictOf } from './finding.ts'

type Store = Pick<SiteStore, 'transport'>

/** The finding that the site is served by polling, with `layer` and `code` of the cause why it can't be called. */
function pollingFinding(store: Store, probe: ProbeOutcome, { layer, code }: Finding, now: number): Finding {
  const { expectedLatencyS, lastPollAt } = describeTransport(store)
  const evidence = [
    `last poll of the site: ${lastPollAt === null ? 'never' : lastPollAt.toISOString()}`,
    `time between its polls, as measured: ${expectedLatencyS} s`,
  ]
  if (!probe.ok) return errorFinding('site_not_polling', probe.detail, evidence)
  const why = `It can’t be called: layer ${layer} (${code}).`
  const how = `It is served by polling: ${describePolls(store, now)}, and work waits about ${expectedLatencyS} s for its next poll.`
  return findingOf('served_by_polling', `${why} ${how}`, evidence)
}

/** Adds a finding if a site that polls has just answered a call; the next health check goes back to direct calls. */
function addCallableAgain(store: Store, examination: Examination): Examination {
  const { probe, report } = examination
  if (!probe.ok || store.transport.read().transport === 'direct') return examination
  const detail = 'It is still served by polling, but has just answered our call.'
  const finding = findingOf('callable_again', detail, [probe.detail])
  return { probe, report: { ...report, findings: sortFindings([...report.findings, finding]) } }
}

/**
 * The report for a site that polls. While it polls, not being callable breaks nothing, so errors become warnings; the
 * cause is still named. Stores nothing: only probes and health checks change the transport.
 */
export function applyPollingToReport(store: Store, examination: Examination, now: number): Examination {
  const probe = applyPolling(store, examination.probe, now)
  const [cause] = examination.report.findings
  if (probe === examination.probe || !cause) return addCallableAgain(store, examination)
  const polling = pollingFinding(store, probe, cause, now)
  const severity = probe.ok ? 'warning' : 'error'
  const findings = sortFindings([
    polling,
    ...examination.report.findings.map((finding) => ({ ...finding, severity }) as const),
  ])
  // the report's own steps have no secrets any more; only the new ones are added
  const steps = [...examination.report.steps, ...probe.evidence.slice(examination.probe.evidence.length)]
  const report: DoctorReport = { ...examination.report, verdict: verdictOf(findings), findings, steps }
  return { probe, report }
}
