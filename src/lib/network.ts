/** The eight groups of an IPv6 address as numbers; null if it isn't one. */
function groupsOf(address: string): number[] | null {
  const [head = '', tail, ...more] = address.split('::')
  if (more.length > 0) return null
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [front, back] = [parse(head), parse(tail ?? '')]
  const missing = 8 - front.length - back.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...front, ...Array.from({ length: missing }, () => 0), ...back]
  return groups.every((group) => group >= 0 && group <= 0xff_ff) ? groups : null
}

/** `::ffff:192.0.2.1` and `::ffff:c000:201` as `192.0.2.1`; null for any other. */
function mappedIpv4(address: string): string | null {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  if (dotted?.[1]) return dotted[1]
  const groups = groupsOf(address)
  if (!groups || groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xff_ff) return null
  const [high = 0, low = 0] = groups.slice(6)
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
}

/**
 * Who an address counts as: an IPv4 address as itself, an IPv6 address as its /64, since that is the least that one
 * subscriber gets, and they may use any address of it. Whatever isn't an address counts as itself.
 */
export function networkOf(address: string): string {
  const text = address.trim().toLowerCase().replace(/%.*$/, '')
  if (!text.includes(':')) return text
  const ipv4 = mappedIpv4(text)
  if (ipv4 !== null) return ipv4
  const groups = groupsOf(text)
  if (!groups) return text
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}
