import { log } from '../../lib/log.ts'
import type { Context } from '../context.ts'

/** Has who watches the site told that its integration changed; behind the answer, which it never fails. */
export function publishChange(ctx: Pick<Context, 'site' | 'background'>, siteId: string): void {
  const told = ctx.site(siteId).publish()
  ctx.background(told.catch((cause: unknown) => log.warn('change not announced', { site_id: siteId, cause })))
}
