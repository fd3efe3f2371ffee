import type { Config } from '../../config.ts'
import { ServiceError } from '../errors.ts'

/**
 * Refuses what a browser sends from a page that isn't ours; other clients name no origin.
 * @throws ServiceError `origin_not_allowed`
 */
export function assertOriginAllowed(config: Config, headers: Headers): void {
  const origin = headers.get('origin')
  if (origin === null || config.webOrigins.includes(origin)) return
  if (origin === new URL(config.publicUrl).origin) return
  throw new ServiceError('origin_not_allowed')
}
