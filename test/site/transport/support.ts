import { discoverSite, type Discovered } from '../../../src/site/transport/direct/discover.ts'
import { sendCommands, type CommandsSent } from '../../../src/site/transport/direct/send.ts'
import { LinkError } from '../../../src/site/transport/direct/errors.ts'
import type { FetchFunction } from '../../../src/site/transport/direct/http.ts'
import { SECRET, startOddHost, type OddHost, type Reply } from '../../support/odd-hosts.ts'

export const NOW_MS = 1_763_750_000_250
export const NOW_S = 1_763_750_000

type Options = Partial<Parameters<typeof sendCommands>[0]> & { path?: string }

/** Sends one `status` command (or the given ones) to a host. */
export function sendTo(
  host: { url: string },
  { path = '/wp-json/igny8/v1/commands', ...options }: Options = {},
): Promise<CommandsSent> {
  return sendCommands({
    endpoint: host.url + path,
    signingSecrets: [SECRET],
    integrationId: 'int_1',
    commands: [{ id: 'cmd_1', name: 'status', args: {} }],
    requestId: 'req_1',
    allowLoopback: true,
    fetch: (url, init) => fetch(url, init),
    now: () => NOW_MS,
    newId: () => 'msg_1',
    limits: { timeoutMs: 2000, maxResponseBytes: 100_000, timeMs: 1000, maxBytes: 50_000 },
    ...options,
  })
}

export function discoverAt(
  siteUrl: string,
  options: Partial<Parameters<typeof discoverSite>[0]> = {},
): Promise<Discovered> {
  return discoverSite({
    siteUrl,
    allowLoopback: true,
    fetch: (url, init) => fetch(url, init),
    now: () => Date.now(),
    limits: { timeoutMs: 2000, budgetMs: 4000 },
    ...options,
  })
}

/** The LinkError that a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<LinkError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof LinkError) return error
    throw error
  }
  throw new Error('Expected a LinkError, but it went well')
}

/** Runs something against a host that is gone afterwards. */
export async function withHost<T>(reply: Reply, run: (host: OddHost) => Promise<T>): Promise<T> {
  const host = await startOddHost(reply)
  try {
    return await run(host)
  } finally {
    await host.close()
  }
}

/** A public internet of one's own: host name → answer. Unknown names are not found. */
export function fakeInternet(sites: Record<string, (url: URL, init: RequestInit) => Response>) {
  const requests: { url: string; headers: Headers }[] = []
  const fetch: FetchFunction = async (text, init) => {
    const url = new URL(text)
    requests.push({ url: text, headers: new Headers(init.headers) })
    const site = sites[url.origin]
    if (!site)
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }) })
    return site(url, init)
  }
  return { fetch, requests }
}
