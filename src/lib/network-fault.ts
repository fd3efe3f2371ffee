export type NetworkFault = 'timed_out' | 'name_not_found' | 'tls' | 'lost' | 'no_connection'

function errorText(error: unknown): string {
  const texts: string[] = []
  for (let current = error; current instanceof Error && texts.length < 5; current = current.cause) {
    texts.push(current.name, current.message, 'code' in current ? String(current.code) : '')
  }
  return texts.join(' ')
}

/** What a rejected `fetch` means, in Node (`cause.code`) and in workerd (message only). The text itself is for the log. */
export function networkFault(error: unknown): NetworkFault {
  const text = errorText(error)
  if (/TimeoutError|AbortError|ETIMEDOUT|_TIMEOUT\b|timed? ?out/i.test(text)) return 'timed_out'
  if (/ENOTFOUND|EAI_|\bDNS\b|getaddrinfo/i.test(text)) return 'name_not_found'
  if (/CERT|\bTLS\b|\bSSL\b|SELF_SIGNED|ALTNAME/i.test(text)) return 'tls'
  if (/ECONNRESET|EPIPE|UND_ERR_SOCKET|connection lost|other side closed|disconnected/i.test(text)) return 'lost'
  return 'no_connection'
}
