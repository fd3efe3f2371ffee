import type { ConnectAsk } from '../../api/types.ts'

/** What the plugin asks for, as the API takes it. */
export type Ask = ConnectAsk

type AskedType = Ask['types'][number]

const MOST_TYPES = 100

function readType(value: unknown): AskedType[] {
  if (!Array.isArray(value)) return []
  const [slug, label, count, enabled]: unknown[] = value
  if (typeof slug !== 'string' || typeof label !== 'string' || label.trim() === '') return []
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) return []
  return [{ slug, label, count, enabled: enabled === 1 }]
}

function readTypes(text: string | null): AskedType[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list) ? list.slice(0, MOST_TYPES).flatMap(readType) : []
  } catch {
    return []
  }
}

/**
 * Reads what the plugin put into the fragment of the address, which reaches no server. The API checks all of it.
 * @returns null if something is missing that there can be no question without
 */
export function readAsk(hash: string): Ask | null {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  const [site, back, state, challenge] = ['site_url', 'return_url', 'state', 'challenge'].map((name) => given.get(name))
  if (!site || !back || !state || !challenge || !URL.canParse(site) || !URL.canParse(back)) return null
  const [name, current, version, token] = ['site_name', 'current_site_id', 'plugin_version', 'token'].map((each) =>
    given.get(each),
  )
  return {
    site_url: site,
    return_url: back,
    state,
    challenge,
    types: readTypes(given.get('types')),
    ...(name && { site_name: name }),
    ...(current && { current_site_id: current }),
    ...(version && { plugin_version: version }),
    ...(token && { token }),
  }
}
