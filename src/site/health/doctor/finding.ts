import { ERRORS, type ErrorCode } from '../../../contract/errors.ts'
import type { DoctorReport, Finding } from '../../../contract/doctor.ts'
import { SYMPTOMS, type Layer, type SymptomCode } from '../../../contract/symptoms.ts'
import type { LinkErrorCode } from '../../../contract/link-errors.ts'

/** The layer that each link error points to. refine.ts finds a more exact one in some cases. */
const LAYER_OF: Readonly<Record<LinkErrorCode, Layer>> = {
  invalid_site_url: 'dns',
  https_required: 'tls',
  private_address: 'network',
  dns_failed: 'dns',
  unreachable: 'network',
  site_not_polling: 'cron',
  waiting_for_site: 'network',
  connection_lost: 'network',
  tls_error: 'tls',
  wordpress_timeout: 'network',
  redirected_elsewhere: 'redirect',
  too_many_redirects: 'redirect',
  redirect_loses_post: 'redirect',
  redirect_broken: 'redirect',
  not_wordpress: 'web_server',
  answered_html: 'web_server',
  login_wall: 'login_wall',
  basic_auth_required: 'basic_auth',
  captcha_page: 'captcha',
  blocked_by_firewall: 'firewall',
  rest_blocked: 'security_plugin',
  rest_not_found: 'rest_api',
  plugin_not_found: 'plugin',
  plugin_too_old: 'plugin',
  plugin_not_connected: 'plugin',
  signature_rejected: 'signature',
  signature_removed: 'headers',
  body_changed: 'security_plugin',
  clock_skew: 'clock',
  other_integration: 'plugin',
  clone_detected: 'clone',
  request_rejected: 'security_plugin',
  request_too_large: 'web_server',
  command_failed: 'plugin',
  wordpress_error: 'php',
  wordpress_busy: 'wordpress',
  response_too_large: 'plugin',
  response_truncated: 'php',
  response_empty: 'php',
  response_not_json: 'wordpress',
  response_leading_garbage: 'wordpress',
  response_trailing_garbage: 'wordpress',
  response_unsigned: 'page_cache',
  response_invalid: 'plugin',
}

const isLinkError = (code: ErrorCode): code is LinkErrorCode => Object.hasOwn(LAYER_OF, code)

export const layerOf = (code: ErrorCode): Layer => (isLinkError(code) ? LAYER_OF[code] : 'connection')

/** A finding with the texts of the symptom table. */
export function findingOf(code: SymptomCode, detail: string, evidence: string[]): Finding {
  const { layer, severity, title, fix } = SYMPTOMS[code]
  return { layer, code, severity, title, detail, evidence, fix: fix || null }
}

/** A finding with the texts of the error table. */
export function errorFinding(code: ErrorCode, detail: string, evidence: string[]): Finding {
  const { title, fix } = ERRORS[code]
  return { layer: layerOf(code), code, severity: 'error', title, detail, evidence, fix }
}

const SEVERITY_ORDER: Readonly<Record<Finding['severity'], number>> = { error: 0, warning: 1, info: 2, ok: 3 }

/** Sorts findings by severity, the worst first; equal ones keep their order. */
export const sortFindings = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((left, right) => SEVERITY_ORDER[left.severity] - SEVERITY_ORDER[right.severity])

export function verdictOf(findings: readonly Finding[]): DoctorReport['verdict'] {
  if (findings.some(({ severity }) => severity === 'error')) return 'broken'
  return findings.some(({ severity }) => severity === 'warning') ? 'degraded' : 'healthy'
}
