const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

function siteOf({ hostname, port }: URL): string {
  const host = LOOPBACK.test(hostname) ? 'localhost' : hostname.replace(/^www\./, '')
  return `${host}:${port}`
}

/** Whether two URLs are one site: the same host and port, `www.` and the scheme aside; the loopback names are one host. */
export function isSameSite(left: URL, right: URL): boolean {
  return siteOf(left) === siteOf(right)
}
