import { excerpt } from './evidence.ts'
import type { LinkProblem } from './errors.ts'
import { describeJson, type JsonShape } from './json-shape.ts'
import { findCaptcha, findFirewall, isLoginPage, isMaintenancePage, MARKER_CHARACTERS } from './markers.ts'
import { isRedirect, readRedirect } from './redirects.ts'
import { classifyRestError, parseRestError } from './rest-error.ts'
import { parseRetryAfter } from '../../../lib/outbound-http.ts'

export interface BadAnswer {
  url: URL
  status: number
  headers: Headers
  /** The first 64 kB of an error; the whole body of a 200. */
  body: string
  nowMs: number
  allowLoopback: boolean
}

/** Statuses that a proxy sends about its connection to the origin; 52x and 530 are Cloudflare's. */
const EDGE_PROBLEMS: Readonly<Record<number, LinkProblem>> = {
  408: { code: 'wordpress_timeout', detail: 'The site answered 408: it waited too long for our request.' },
  504: { code: 'wordpress_timeout', detail: 'The site answered 504: a proxy in front of it gave up waiting.' },
  520: { code: 'wordpress_error', detail: 'The web server of the site sent an answer that is not HTTP (520).' },
  521: { code: 'unreachable', detail: 'The web server of the site refuses connections (521).' },
  522: { code: 'wordpress_timeout', detail: 'The web server of the site does not accept connections in time (522).' },
  523: { code: 'unreachable', detail: 'There is no route to the web server of the site (523).' },
  524: { code: 'wordpress_timeout', detail: 'The site took longer than its proxy allows (524).' },
  525: { code: 'tls_error', detail: 'No TLS connection can be made to the web server of the site (525).' },
  526: { code: 'tls_error', detail: 'The certificate of the web server of the site is not valid (526).' },
  530: { code: 'dns_failed', detail: 'The domain name does not lead to a web server (530).' },
}

function classifyGate({ status, headers, body }: BadAnswer): LinkProblem | null {
  // Content in JSON may mention captchas and firewalls, so only HTML is searched for captchas.
  const page = /^\s*[{[]/.test(body) ? '' : body
  const captcha = findCaptcha(headers, page)
  if (captcha) return { code: 'captcha_page', detail: `${captcha} answered ${status} with a captcha.` }
  const scheme = /^\s*(basic|digest|negotiate|ntlm)\b/i.exec(headers.get('www-authenticate') ?? '')?.[1]
  if (status === 401 && scheme) {
    return {
      code: 'basic_auth_required',
      detail: `The web server asks for a password (HTTP ${scheme} authentication).`,
    }
  }
  const isRefusal = status >= 400 || /^\s*\{\s*"message"\s*:\s*"Access denied by Imunify360/i.test(body)
  const firewall = isRefusal ? findFirewall(body) : null
  if (firewall) return { code: 'blocked_by_firewall', detail: `${firewall} answered ${status} with its refusal.` }
  return null
}

/** What PHP prints on a fatal error; the status may be 200, because it was sent before. */
const PHP_STOPPED = /(?:<b>|^|\n)[ \t]{0,20}(?:PHP )?(?:Fatal|Parse) error(?:<\/b>)?:[ \t]{0,20}([^\n<]{1,200})/

function classifyPhp({ body }: BadAnswer): LinkProblem | null {
  const said = PHP_STOPPED.exec(body.slice(0, MARKER_CHARACTERS))?.[1]
  return said === undefined ? null : { code: 'wordpress_error', detail: `PHP stopped: “${excerpt(said)}”.` }
}

function classifyBusy({ status, headers, body, nowMs }: BadAnswer): LinkProblem | null {
  if (status !== 429 && status !== 503) return null
  const retryAfterS = parseRetryAfter(headers.get('retry-after'), nowMs)
  const why = isMaintenancePage(body)
    ? 'it is under maintenance'
    : status === 429
      ? 'too many requests'
      : 'it is not available'
  const wait = retryAfterS === null ? '' : ` and asks to wait ${retryAfterS} s`
  return {
    code: 'wordpress_busy',
    detail: `The site answered ${status}: ${why}${wait}.`,
    ...(retryAfterS !== null && { retryAfterS }),
  }
}

function classifyStatus({ status, body }: BadAnswer): LinkProblem | null {
  const said = excerpt(body)
  const detail = `The site answered ${status}${said ? `: “${said}”` : ''}.`
  if (status >= 500) return { code: 'wordpress_error', detail }
  if (status === 401 || status === 403) {
    return { code: isLoginPage(body) ? 'login_wall' : status === 401 ? 'rest_blocked' : 'blocked_by_firewall', detail }
  }
  if (status === 405 || status === 406) return { code: 'blocked_by_firewall', detail }
  if (status === 404 || status === 410)
    return { code: 'rest_not_found', detail: `The site answered ${status} at this address.` }
  if (status === 413) return { code: 'request_too_large', detail }
  return status >= 300 ? { code: 'request_rejected', detail } : null
}

const SHAPES: Readonly<Record<JsonShape, LinkProblem['code']>> = {
  empty: 'response_empty',
  html: 'answered_html',
  valid: 'response_invalid',
  truncated: 'response_truncated',
  leading_garbage: 'response_leading_garbage',
  trailing_garbage: 'response_trailing_garbage',
  invalid: 'response_not_json',
}

function classifyBody({ status, body }: BadAnswer): LinkProblem {
  const shape = describeJson(body)
  if (shape === 'html' && isLoginPage(body))
    return { code: 'login_wall', detail: `The site answered ${status} with a login page.` }
  // WordPress never answers 202; hosts do, with a page that makes a browser try again.
  if (shape === 'html' && status === 202)
    return { code: 'captcha_page', detail: 'The host answered 202 with a page for browsers.' }
  const part = shape === 'trailing_garbage' ? excerpt(body.slice(-400)) : excerpt(body)
  return { code: SHAPES[shape], detail: `The site answered ${status} with ${part ? `“${part}”` : 'nothing'}.` }
}

/**
 * Classifies an answer that is not the expected one. Pure; always returns a code. Checks in this order: what stands in
 * front of WordPress (it also sends JSON, 200 and 503), WordPress and the plugin, the status, the body.
 */
export function classifyAnswer(answer: BadAnswer): LinkProblem {
  const { status, url, headers, nowMs, allowLoopback } = answer
  if (isRedirect(status)) {
    const redirect = readRedirect(url, headers.get('location'), { allowLoopback })
    if (!redirect.ok) return redirect.problem
    return {
      code: 'redirect_loses_post',
      detail: `The site redirects this address to ${redirect.url.origin}${redirect.url.pathname}.`,
    }
  }
  const gate = classifyGate(answer)
  if (gate) return gate
  const restError = parseRestError(answer.body)
  const rest = restError && classifyRestError(restError, status, nowMs)
  return (
    rest ??
    classifyPhp(answer) ??
    EDGE_PROBLEMS[status] ??
    classifyBusy(answer) ??
    classifyStatus(answer) ??
    classifyBody(answer)
  )
}
