import { ERRORS, type ErrorCode } from '../../../contract/errors.ts'
import type { DoctorReport, Finding } from '../../../contract/doctor.ts'
import { SYMPTOMS, type SymptomCode } from '../../../contract/symptoms.ts'
import { layerOf } from './layers.ts'

/** A finding of the table of symptoms. */
export function findingOf(code: SymptomCode, detail: string, evidence: string[]): Finding {
  const { layer, severity, title, fix } = SYMPTOMS[code]
  return { layer, code, severity, title, detail, evidence, fix: fix || null }
}

/** A finding of the table of errors. */
export function errorFinding(code: ErrorCode, detail: string, evidence: string[]): Finding {
  const { title, fix } = ERRORS[code]
  return { layer: layerOf(code), code, severity: 'error', title, detail, evidence, fix }
}

const WEIGHT: Readonly<Record<Finding['severity'], number>> = { error: 0, warning: 1, info: 2, ok: 3 }

/** The worst first; in the order of the table of layers otherwise. */
export const sortFindings = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((left, right) => WEIGHT[left.severity] - WEIGHT[right.severity])

export function verdictOf(findings: readonly Finding[]): DoctorReport['verdict'] {
  if (findings.some(({ severity }) => severity === 'error')) return 'broken'
  return findings.some(({ severity }) => severity === 'warning') ? 'degraded' : 'healthy'
}
