import type { Client } from '../services/people/index.ts'

/** Who sends a request, from where: its headers, and the place that Cloudflare adds. */
export function clientOf(request: Request): Client {
  const { country, city } = (request.cf ?? {}) as { country?: unknown; city?: unknown }
  const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value.slice(0, 100) : null)
  // XX: unknown; T1: Tor
  const known = typeof country === 'string' && country !== 'XX' && /^[A-Z]{2}$/.test(country) ? country : null
  return { headers: request.headers, place: { country: known, city: textOf(city) } }
}
