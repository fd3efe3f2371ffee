import type { Constants } from '../../../scripts/wordpress/config.ts'
import type { StartProxy } from '../../../scripts/wordpress/proxies.ts'
import type { Front, Guise } from './front.ts'
import type { Lab } from './lab.ts'

/** One way in which a site is set up, or broken. */
export interface SetUp {
  name: string
  /** What stands in front of the site. */
  guise?: (front: Front) => Guise
  /** A real server in front of the site. */
  proxy?: StartProxy
  /** Whether only the nightly run tries it. */
  isNightly?: boolean
  /** PHP of another plugin, loaded before ours. Spares what the test itself does, unless it is `everywhere`. */
  php?: string
  everywhere?: boolean
  /** PHP that is run once in the site, and what undoes it. */
  begin?: string
  end?: string
  /** Constants of wp-config.php. */
  define?: (url: string) => { on: Constants; off: Constants }
  /** The address at which IGNY8 looks for the site. */
  address?: (front: Front) => string
  /** False where the site can't even try to connect, since nothing of it runs. */
  mayConnect?: false
  /** What nothing of the above can express; gives what undoes it. */
  arrange?: (lab: Lab) => () => void
}
