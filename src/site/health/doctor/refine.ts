import type { Layer } from '../../../contract/symptoms.ts'
import { sha256Hex } from '../../../lib/hmac.ts'
import { SIGNED_HEADERS } from '../../../lib/signature.ts'
import { toText } from '../../transport/direct/http.ts'
import { findFirewall, looksLikeWordPress } from '../../transport/direct/markers.ts'
import { parseRestError } from '../../transport/direct/rest-error.ts'
import { layerOf } from './finding.ts'
import type { SiteFailure } from '../../transport/failure.ts'
import { cacheOf, type HttpCall } from './traffic.ts'

/** The layer at fault, and the evidence for it. */
export interface Diagnosis {
  layer: Layer
  evidence: string[]
  /** More exact than the error's own detail; absent if there is none. */
  detail?: string
  fix?: string
}

const MEMORY = /Allowed memory size of \d+ bytes exhausted|Out of memory/i
const TIME = /Maximum execution time of \d+ seconds? exceeded/i
/** Answers that a page cache may have stored for a visitor, or before the plugin was installed. */
const MAY_BE_CACHED = new Set([
  'response_unsigned',
  'answered_html',
  'plugin_not_found',
  'rest_not_found',
  'response_trailing_garbage',
])
const SIGNATURE_ERRORS = new Set<string>(['signature_rejected', 'signature_removed', 'body_changed'])

/** Finds why the plugin refused our signature: something on the way changed the request, or the secrets differ. */
async function refineSignature({ request, answer }: HttpCall): Promise<Diagnosis | null> {
  const received = parseRestError(toText(answer))?.data?.received
  if (!received) return null
  const missing = SIGNED_HEADERS.filter((name) => received.missing.includes(name))
  if (missing.length > 0)
    return {
      layer: 'headers',
      detail: `PHP received our request without ${missing.join(', ')}.`,
      evidence: [`sent: ${SIGNED_HEADERS.join(', ')}`, `missing in PHP: ${missing.join(', ')}`],
    }
  const sent = await sha256Hex(request.body ?? '')
  if (sent === received.body_sha256)
    return {
      layer: 'signature',
      evidence: [`body as sent: sha256 ${sent}`, 'PHP received the same bytes: the secrets differ'],
    }
  return {
    layer: 'security_plugin',
    evidence: [`body as sent: sha256 ${sent}`, `body in PHP: sha256 ${received.body_sha256}`],
  }
}

function refinePhp({ answer }: HttpCall): Diagnosis | null {
  const text = toText(answer)
  const limit = MEMORY.exec(text) ?? TIME.exec(text)
  if (!limit) return null
  const isMemory = MEMORY.test(text)
  return {
    layer: 'php',
    detail: `PHP stopped: “${limit[0]}”.`,
    fix: isMemory
      ? 'Set WP_MEMORY_LIMIT to 128M or more in wp-config.php, or ask the host.'
      : 'Ask the host to set max_execution_time to 30 seconds or more.',
    evidence: [limit[0]],
  }
}

/** Finds a more exact layer and detail for a failure in the answer that caused it. */
export async function refineFailure(failure: SiteFailure, httpCall: HttpCall | null): Promise<Diagnosis> {
  const { code } = failure
  const plain: Diagnosis = { layer: layerOf(code), evidence: [] }
  if (!httpCall) return plain
  const { request, answer } = httpCall
  const { pathname, searchParams } = request.url
  const route = searchParams.get('rest_route')
  const line = `${request.method} ${pathname}${route === null ? '' : `?rest_route=${route}`} → ${answer.status}`
  const cache = cacheOf(answer.headers)
  const firewall = code === 'rest_blocked' || code === 'blocked_by_firewall' ? findFirewall(toText(answer)) : null
  const closer =
    (SIGNATURE_ERRORS.has(code) ? await refineSignature(httpCall) : null) ??
    refinePhp(httpCall) ??
    (cache !== null && MAY_BE_CACHED.has(code) ? ({ layer: 'page_cache', evidence: [cache] } as const) : null) ??
    (firewall === null
      ? null
      : {
          layer: code === 'rest_blocked' ? ('security_plugin' as const) : ('firewall' as const),
          evidence: [firewall],
        }) ??
    (code === 'answered_html' && looksLikeWordPress(toText(answer))
      ? ({
          layer: 'rest_api',
          evidence: ['WordPress sent a page of the site, and no cache says that it is its own'],
        } as const)
      : null) ??
    plain
  const server = answer.headers.get('server')
  return { ...closer, evidence: [line, ...(server ? [`server: ${server.slice(0, 80)}`] : []), ...closer.evidence] }
}
