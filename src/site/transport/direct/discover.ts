/**
 * Discovery: finds the plugin's command endpoint from the URL that people know.
 *
 * 1. The REST root that worked last, if one is known and on the same origin.
 * 2. The front page, following redirects: its Link header and HTML name the REST root.
 * 3. The two usual places, `/wp-json/` and `?rest_route=/`, below the page that answered and below the URL entered.
 * For each root, unsigned-probe.ts reads the REST index and, if that is closed or stale, calls the endpoint unsigned.
 * The plugin's refusal shows that it is there.
 *
 * Many things fail on the way; `summarize` returns the failure that says most about the cause. No credentials are sent.
 */
import type { EvidenceStep } from '../../../contract/evidence.ts'
import type { LinkErrorCode } from '../../../contract/link-errors.ts'
import { checkOutboundUrl } from '../../../lib/url-guard.ts'
import { classifyAnswer } from './classify.ts'
import { LinkError, type LinkProblem } from './errors.ts'
import { describeUrl, note } from './evidence.ts'
import { getFollowing } from './redirects.ts'
import { MAX_ERROR_BYTES, toText, type FetchFunction, type Wire } from './http.ts'
import { looksLikeWordPress } from './markers.ts'
import { probeRoot, type RestIndexState, type RootProbe } from './unsigned-probe.ts'
import { commandsUrlOf, listRoots, readRoot } from './rest-root.ts'

export interface DiscoverLimits {
  /** For one request. */
  timeoutMs: number
  /** For all requests together. */
  budgetMs: number
}
const DISCOVER_LIMITS: DiscoverLimits = { timeoutMs: 10_000, budgetMs: 30_000 }

export interface Discovered {
  /** The site's canonical URL: after redirects, with the path of WordPress's own home URL. */
  siteUrl: string
  restRoot: string
  commandsUrl: string
  /** State of the REST index; the command endpoint answers in any case. */
  index: RestIndexState
  evidence: EvidenceStep[]
}

/** Codes in the order in which they explain a failed discovery best. */
const CAUSE_PRIORITY: readonly LinkErrorCode[] = [
  'dns_failed',
  'tls_error',
  'unreachable',
  'plugin_not_found',
  'captcha_page',
  'basic_auth_required',
  'rest_blocked',
  'login_wall',
  'blocked_by_firewall',
  'wordpress_busy',
  'wordpress_error',
  'wordpress_timeout',
  'response_leading_garbage',
  'response_trailing_garbage',
  'response_truncated',
  'response_empty',
  'response_too_large',
  'too_many_redirects',
  'redirected_elsewhere',
  'redirect_broken',
]

/** Errors after which the host is not asked again: it would fail in the same way, or is not allowed. */
const FINAL_ERRORS = new Set<LinkErrorCode>([
  'invalid_site_url',
  'https_required',
  'private_address',
  'dns_failed',
  'unreachable',
  'connection_lost',
  'tls_error',
  'wordpress_timeout',
])

/** Errors of the front page that make the whole address unusable. */
const ADDRESS_ERRORS = new Set<LinkErrorCode>([
  'redirected_elsewhere',
  'too_many_redirects',
  'dns_failed',
  'tls_error',
  'unreachable',
])

interface FrontPage {
  url: URL
  link: string | null
  html: string
  problem: LinkProblem | null
}

/** The URL to start from. An http:// URL, which people enter out of habit, becomes https://. */
function startUrl(siteUrl: string, wire: Wire): URL {
  const entered = checkOutboundUrl(siteUrl, wire)
  const isPlain = !entered.ok && entered.code === 'https_required'
  const checked = isPlain ? checkOutboundUrl(siteUrl.replace(/^http:/i, 'https:'), wire) : entered
  if (checked.ok) return checked.url
  throw new LinkError(checked, wire.evidence)
}

/** Runs one request. Errors that end the search are thrown, others are passed to `onProblem`. */
async function attempt<T>(run: () => Promise<T>, onProblem: (problem: LinkProblem) => T): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof LinkError) || FINAL_ERRORS.has(error.code)) throw error
    return onProblem({ code: error.code, detail: error.detail })
  }
}

async function getFront(wire: Wire, start: URL, timeoutMs: number): Promise<FrontPage> {
  const page = await getFollowing(wire, {
    step: 'front_page',
    url: start,
    headers: { accept: 'text/html,*/*;q=0.5' },
    timeoutMs,
    maxBytes: MAX_ERROR_BYTES,
  })
  const html = toText(page)
  const problem = classifyAnswer({ ...page, body: html, nowMs: wire.now(), allowLoopback: wire.allowLoopback })
  // A front page with status 200 is fine, whatever it contains, unless it is a captcha.
  const isProblem = page.status !== 200 || problem.code === 'captcha_page'
  if (isProblem) note(wire.evidence, problem.code)
  return { url: page.url, link: page.headers.get('link'), html, problem: isProblem ? problem : null }
}

function describe(wire: Wire, found: Extract<RootProbe, { kind: 'found' }>, base: URL, path: string): Discovered {
  const home = found.home === null ? null : readRoot(found.home, base, wire)
  const siteUrl = new URL(home ? home.pathname : path, base.origin)
  return {
    siteUrl: siteUrl.href.replace(/\/$/, ''),
    restRoot: found.root.href,
    commandsUrl: commandsUrlOf(found.root).href,
    index: found.index,
    evidence: wire.evidence,
  }
}

/** Tries the roots in order until one has the plugin, or shows for certain that the plugin is missing. */
async function searchRoots(wire: Wire, roots: URL[], timeoutMs: number) {
  const failed: Extract<RootProbe, { kind: 'failed' }>[] = []
  for (const root of roots) {
    const probe = await attempt(
      () => probeRoot(wire, root, timeoutMs),
      (problem): RootProbe => ({ kind: 'failed', problem, isWordPress: false, isFinal: false }),
    )
    if (probe.kind === 'found') return { found: probe, failed }
    failed.push(probe)
    if (probe.isFinal) break
  }
  return { found: null, failed }
}

function summarize(front: FrontPage, failed: Extract<RootProbe, { kind: 'failed' }>[]): LinkProblem {
  const problems = [...failed.map(({ problem }) => problem), ...(front.problem ? [front.problem] : [])]
  for (const code of CAUSE_PRIORITY) {
    const cause = problems.find((problem) => problem.code === code)
    if (cause) return cause
  }
  const isWordPress = failed.some((probe) => probe.isWordPress) || looksLikeWordPress((front.link ?? '') + front.html)
  const where = describeUrl(front.url)
  if (!isWordPress) return { code: 'not_wordpress', detail: `Nothing at ${where} looks like WordPress.` }
  const page = problems.find((problem) => problem.code === 'answered_html')
  return page ?? { code: 'rest_not_found', detail: `${where} is WordPress, but its REST API was found nowhere.` }
}

/**
 * Finds the command endpoint of a site. `restRootHint` is tried first, and ignored if it has another origin than the
 * site. Sends at most about ten requests, one at a time, within `limits.budgetMs`.
 * @throws LinkError with the likeliest cause and all evidence
 */
export async function discoverSite(input: {
  siteUrl: string
  restRootHint?: string | null
  allowLoopback: boolean
  fetch: FetchFunction
  now: () => number
  observe?: Wire['observe']
  limits?: DiscoverLimits
}): Promise<Discovered> {
  const { fetch, now, allowLoopback, limits = DISCOVER_LIMITS } = input
  const wire: Wire = {
    fetch,
    now,
    allowLoopback,
    deadlineMs: now() + limits.budgetMs,
    evidence: [],
    observe: input.observe,
  }
  const start = startUrl(input.siteUrl, wire)

  const hint = input.restRootHint ? readRoot(input.restRootHint, start, wire) : null
  if (hint && hint.origin === start.origin) {
    const { found } = await searchRoots(wire, [hint], limits.timeoutMs)
    if (found) return describe(wire, found, found.root, start.pathname)
  }

  const front = await attempt(
    () => getFront(wire, start, limits.timeoutMs),
    (problem): FrontPage => ({ url: start, link: null, html: '', problem }),
  )
  if (front.problem && ADDRESS_ERRORS.has(front.problem.code)) throw new LinkError(front.problem, wire.evidence)
  const { found, failed } = await searchRoots(wire, listRoots(front, start, wire), limits.timeoutMs)
  if (!found) throw new LinkError(summarize(front, failed), wire.evidence)
  return describe(wire, found, front.url, start.pathname)
}
