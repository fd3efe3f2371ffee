import * as z from 'zod'
import { parseJson } from '../../../lib/json.ts'
import { classifyAnswer } from './classify.ts'
import type { LinkProblem } from './errors.ts'
import { note } from './evidence.ts'
import { getFollowing } from './redirects.ts'
import { request, toText, type LinkAnswer, type Wire } from './http.ts'
import { extractAnswer } from './json-shape.ts'
import { commandsUrlOf, routeUrl } from './rest-root.ts'
import { isFromPlugin, parseRestError } from './rest-error.ts'

const NAMESPACE = 'igny8/v1'
const MAX_INDEX_BYTES = 1_000_000

const RestIndex = z.lazy(() =>
  z.object({
    namespaces: z.array(z.string()),
    home: z.string().max(2048).optional().catch(undefined),
  }),
)

/**
 * State of the REST index. `stale`: it lacks the plugin, which answers nevertheless; usually a cache keeps the index.
 */
export type RestIndexState = 'open' | 'closed' | 'stale'

export type RootProbe =
  | { kind: 'found'; root: URL; home: string | null; index: RestIndexState }
  /** `isWordPress`: the REST API answered. `isFinal`: the plugin is certainly missing. */
  | { kind: 'failed'; problem: LinkProblem; isWordPress: boolean; isFinal: boolean }

/**
 * Parses the REST index, ignoring output of other code around it: the plugin removes such output from its own answers.
 */
function parseIndex(text: string): z.infer<typeof RestIndex> | null {
  try {
    const parsed = RestIndex.safeParse(parseJson(extractAnswer(text) ?? text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** Errors that close the index but not always the routes below it: security plugins often exempt those. */
const CLOSED = new Set<LinkProblem['code']>([
  'rest_blocked',
  'blocked_by_firewall',
  'login_wall',
  'plugin_not_found',
  'request_rejected',
])

const classify = (wire: Wire, answer: LinkAnswer) =>
  classifyAnswer({ ...answer, body: toText(answer), nowMs: wire.now(), allowLoopback: wire.allowLoopback })

/** Calls the command endpoint without a signature. If the plugin refuses, it is there. */
async function probeCommands(
  wire: Wire,
  root: URL,
  { problem: indexProblem, index }: { problem: LinkProblem; index: RestIndexState },
  timeoutMs: number,
): Promise<RootProbe> {
  const answer = await request(wire, {
    step: 'command_endpoint',
    method: 'POST',
    url: commandsUrlOf(root),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: '{}',
    timeoutMs,
    maxBytes: MAX_INDEX_BYTES,
  })
  const restError = parseRestError(toText(answer))
  if (isFromPlugin(restError)) {
    note(wire.evidence, 'the plugin answers')
    return { kind: 'found', root, home: null, index }
  }
  const problem = classify(wire, answer)
  note(wire.evidence, problem.code)
  const isClosed = problem.code === 'request_rejected' || problem.code === 'rest_not_found'
  return {
    kind: 'failed',
    problem: isClosed ? indexProblem : problem,
    isWordPress: restError !== null,
    isFinal: restError?.code === 'rest_no_route',
  }
}

/**
 * Checks whether a URL is a REST root with the plugin's routes. Returns the root that answered, after redirects.
 * @throws LinkError as `getFollowing`
 */
export async function probeRoot(wire: Wire, root: URL, timeoutMs: number): Promise<RootProbe> {
  const query = { _fields: 'namespaces,home' }
  const answer = await getFollowing(wire, {
    step: 'rest_index',
    url: routeUrl(root, '', query),
    headers: { accept: 'application/json' },
    timeoutMs,
    maxBytes: MAX_INDEX_BYTES,
  })
  const reached = new URL(answer.url)
  reached.searchParams.delete('_fields')
  const text = toText(answer)
  const index = answer.status === 200 ? parseIndex(text) : null
  if (index?.namespaces.includes(NAMESPACE)) {
    note(wire.evidence, 'the plugin is there')
    return { kind: 'found', root: reached, home: index.home ?? null, index: 'open' }
  }
  if (index) {
    note(wire.evidence, 'plugin_not_found')
    const detail = `WordPress answers at ${reached.origin}, but has no ${NAMESPACE}.`
    const missing = { code: 'plugin_not_found', detail } as const
    // a cache may have kept an index from before the plugin was installed; caches never keep a POST
    const probed = await probeCommands(wire, reached, { problem: missing, index: 'stale' }, timeoutMs)
    return probed.kind === 'found' ? probed : { kind: 'failed', problem: missing, isWordPress: true, isFinal: true }
  }
  const problem = classify(wire, answer)
  note(wire.evidence, problem.code)
  if (CLOSED.has(problem.code)) return probeCommands(wire, reached, { problem, index: 'closed' }, timeoutMs)
  return { kind: 'failed', problem, isWordPress: parseRestError(text) !== null, isFinal: false }
}
