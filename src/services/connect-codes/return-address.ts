import { isSameHost, trimSlashes } from '../../lib/site-address.ts'
import { ServiceError } from '../errors.ts'

/** The plugin's page. Its name and its parameter are the same on every site. */
const PAGE = '/wp-admin/options-general.php'
const PARAMETERS = 'page=igny8'

const foreign = () =>
  new ServiceError('return_address_foreign', 'The return address is not a page of this plugin in the site’s wp-admin.')

/**
 * Checks where the browser goes back to, with a code: to the plugin's page, below the site's own address, and as safe as
 * that. Whoever could choose another address would be sent codes.
 * @throws ServiceError `return_address_foreign`
 */
export function readReturnAddress(siteUrl: string, raw: string): URL {
  const [site, back] = [URL.parse(siteUrl), URL.parse(raw)]
  if (!site || !back || back.username !== '' || back.password !== '' || back.hash !== '') throw foreign()
  const isSafe = back.protocol === 'https:' || (back.protocol === 'http:' && site.protocol === 'http:')
  const isBelow = back.pathname.startsWith(`${trimSlashes(site.pathname)}/`) && back.pathname.endsWith(PAGE)
  // an encoded slash or dot is one path for us, and may be another one for the site
  const isPlain = !/%|\/\/|\\/.test(back.pathname)
  const isOwn = isSameHost(site, back) && back.port === site.port
  if (!isSafe || !isOwn || !isBelow || !isPlain || back.search !== `?${PARAMETERS}`) throw foreign()
  return back
}

/** The return address with these parameters of the plugin. */
export function addToReturn(back: URL, parameters: Record<string, string>): string {
  const url = new URL(back)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}
