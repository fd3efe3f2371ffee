import { describeDevice } from './device.ts'

/** Where a request came from, as coarse as an audit needs it. */
export interface RequestOrigin {
  /** ISO 3166-1 alpha-2. */
  country: string | null
  /** The address without its last part: IPv4 /24, IPv6 /48. */
  network: string | null
  /** Browser and system. */
  device: string | null
}

/** The network of an address; null if it isn't one. */
export function coarsenAddress(address: string | null): string | null {
  if (address === null) return null
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/i.exec(address)
  if (v4) return `${v4[1]}.${v4[2]}.${v4[3]}.0/24`
  if (!/^[0-9a-f:]{2,39}$/i.test(address) || !address.includes(':')) return null
  const [left = '', right] = address.toLowerCase().split('::')
  const [head, tail] = [left, right ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  if (!head || !tail) return null
  const zeros = right === undefined ? [] : Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0')
  const groups = [...head, ...zeros, ...tail].slice(0, 3).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${groups.join(':')}::/48`
}

/** Reads the origin of a request from what Cloudflare adds to it, and from its user agent. */
export function readRequestOrigin({ headers }: Pick<Request, 'headers'>): RequestOrigin {
  const country = headers.get('cf-ipcountry')
  const { browser, system } = describeDevice(headers.get('user-agent'))
  return {
    country: country !== null && /^[A-Z][A-Z0-9]$/.test(country) ? country : null,
    network: coarsenAddress(headers.get('cf-connecting-ip')),
    device: [browser, system].filter((part) => part !== null).join(', ') || null,
  }
}
