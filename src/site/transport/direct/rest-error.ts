import { RestError } from '../../../contract/link.ts'
import type { LinkErrorCode } from '../../../contract/link-errors.ts'
import { sha256Hex } from '../../../lib/hmac.ts'
import { parseJson } from '../../../lib/json.ts'
import { excerpt } from './evidence.ts'
import type { LinkProblem } from './errors.ts'
import { toText, type LinkAnswer } from './http.ts'

/** Error codes of the plugin itself (docs/protocol.md). */
const PLUGIN_CODES: Readonly<Record<string, LinkErrorCode>> = {
  igny8_not_connected: 'plugin_not_connected',
  igny8_signature_missing: 'signature_removed',
  igny8_timestamp_out_of_range: 'clock_skew',
  igny8_signature_invalid: 'signature_rejected',
  igny8_body_invalid: 'request_rejected',
  igny8_other_integration: 'other_integration',
}

const HEADERS_REMOVED =
  'The plugin received the request without its webhook-* headers: something in front of it removes them.'
const ROUTE_UNKNOWN = 'WordPress knows no route igny8/v1/commands.'

/** Parses a WordPress REST error; null if the text is something else. */
export function parseRestError(text: string): RestError | null {
  try {
    const parsed = RestError.safeParse(parseJson(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** Error codes with which security plugins close the REST API; their HTTP status varies. */
const BLOCKED = /^rest_(disabled|forbidden|not_logged_in|cannot_access|login_required)/

/** Messages of plugins that refuse with `wp_die()`, which always answers 500 (All-In-One Security). */
const DIED_REFUSING = /not (authori[sz]ed|allowed|permitted)|permission|forbidden|logged in|log in|restricted|disabled/i

/** Whether the plugin sent this error, even a later version with a code unknown here. Then the plugin is reachable. */
export const isFromPlugin = (error: RestError | null): boolean => error?.code.startsWith('igny8_') ?? false

function pluginDetail(error: RestError, nowMs: number): string {
  if (error.code === 'igny8_signature_missing') return HEADERS_REMOVED
  const siteTimeS = error.data?.site_time
  const isClock = error.code === 'igny8_timestamp_out_of_range' && siteTimeS !== undefined
  if (!isClock) return excerpt(error.message) || error.code
  const offS = Math.round(siteTimeS - nowMs / 1000)
  return `The clock of the site is ${Math.abs(offS)} s ${offS < 0 ? 'behind' : 'ahead'}.`
}

/**
 * Maps a REST error to a link error; null if the status alone says more. `rest_no_route` means that the plugin is
 * missing. Any other 401 or 403 with a code comes from something that closes the REST API: each security plugin has its
 * own code (`rest_not_logged_in`, `rest_cannot_access`, `rest_login_required`, `rest_forbidden`, `rest_disabled`, …).
 */
export function classifyRestError(error: RestError, status: number, nowMs: number): LinkProblem | null {
  const own = Object.hasOwn(PLUGIN_CODES, error.code) ? PLUGIN_CODES[error.code] : undefined
  if (own) return { code: own, detail: pluginDetail(error, nowMs) }
  const said = `WordPress answered ${status} ${excerpt(error.code, 60)}: “${excerpt(error.message)}”.`
  if (error.code === 'rest_no_route') return { code: 'plugin_not_found', detail: ROUTE_UNKNOWN }
  const isRefusal = error.code === 'wp_die' && DIED_REFUSING.test(error.message)
  const isBlocked = status === 401 || status === 403 || isRefusal || BLOCKED.test(error.code)
  if (isBlocked && !isFromPlugin(error)) return { code: 'rest_blocked', detail: said }
  if (status >= 500 && status !== 503) return { code: 'wordpress_error', detail: said }
  return status >= 400 && status < 429 ? { code: 'request_rejected', detail: said } : null
}

/**
 * Replaces `signature_rejected` by `body_changed` if the plugin reports another body than we sent: then something on
 * the way changed the body, and the secrets may well be equal.
 */
export async function explainRefusal(problem: LinkProblem, answer: LinkAnswer, body: string): Promise<LinkProblem> {
  if (problem.code !== 'signature_rejected') return problem
  const received = parseRestError(toText(answer))?.data?.received
  if (!received || received.body_sha256 === (await sha256Hex(body))) return problem
  const sent = new TextEncoder().encode(body).length
  const detail = `The body was changed on its way: ${sent} bytes were sent, ${received.body_bytes} arrived.`
  return { code: 'body_changed', detail }
}
