import { type Paranoia, startModSecurity, startVarnish } from '../../../scripts/wordpress/proxies.ts'
import type { SetUp } from './set-up.ts'

const modSecurity = (paranoia: Paranoia): SetUp => ({
  name: `ModSecurity and CRS, paranoia ${paranoia}`,
  proxy: (target) => startModSecurity(target, paranoia),
  isNightly: paranoia > 1,
})

/** Real servers in front of the site, as Debian has them. */
export const PROXIES: SetUp[] = [
  ...([1, 2, 3, 4] as const).map(modSecurity),
  { name: 'Varnish, with its own rules', proxy: startVarnish },
]
