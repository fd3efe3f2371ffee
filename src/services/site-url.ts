import { allowsLoopback, type Config } from '../config.ts'
import { trimSlashes } from '../lib/site-address.ts'
import { checkOutboundUrl, type UrlCheck } from '../lib/url-guard.ts'
import { invalidField, ServiceError } from './errors.ts'

type Mode = Pick<Config, 'environment'>

/**
 * Checks an address before it is stored: what the guard of outgoing requests would refuse is never stored. Only http://
 * passes, because people type it; the site is called by https.
 */
function checkSiteUrl(config: Mode, raw: string): UrlCheck {
  const mode = { allowLoopback: allowsLoopback(config) }
  const checked = checkOutboundUrl(raw, mode)
  if (checked.ok || checked.code !== 'https_required') return checked
  const url = new URL(raw)
  const secure = checkOutboundUrl(`https://${url.host}${url.pathname}`, mode)
  return secure.ok ? { ok: true, url } : secure
}

/** Lower-case host, no default port, query, fragment or trailing slash. */
const canonical = ({ origin, pathname }: URL) => origin + trimSlashes(pathname)

/**
 * The canonical form of a site's address that a person typed. Errors don't repeat it: it may have a password in it.
 * @param path where it is, as in `body.url`
 * @throws ServiceError `validation_error` if the guard of outgoing requests refuses it
 */
export function readSiteUrl(config: Mode, raw: string, path: string): string {
  const checked = checkSiteUrl(config, raw)
  if (checked.ok) return canonical(checked.url)
  throw invalidField(path, checked.detail, checked.code)
}

/**
 * The canonical form of the address that a plugin states for its site.
 * @throws ServiceError `invalid_site_url`, `private_address`, with the fix for the site's owner
 */
export function readPluginUrl(config: Mode, raw: string): string {
  const checked = checkSiteUrl(config, raw)
  if (checked.ok) return canonical(checked.url)
  throw new ServiceError(checked.code, checked.detail)
}
