import { createMiddleware } from 'hono/factory'
import { ROLES } from '../contract/people.ts'
import type { Scope } from '../contract/sites.ts'
import type { AppEnv } from '../env.ts'
import type { Access } from '../routes/define.ts'
import type { Actor } from '../services/context.ts'
import { ServiceError } from '../services/errors.ts'

export const KEY_ALONE = 'This takes an API key of the site alone.'

function assertScope({ scopes }: Extract<Actor, { kind: 'api_key' }>, scope: Scope): void {
  if (!scopes.includes(scope)) throw new ServiceError('insufficient_scope', `This needs the scope ${scope}.`)
}

/**
 * Refuses an actor whose role or scope is not enough. Which rows the actor may see is decided by the services, whose
 * every query carries the tenant.
 * @throws ServiceError `role_too_low`, `person_required`, `insufficient_scope`, `credentials_missing`
 */
export function assertAllowed(actor: Actor, access: Access): void {
  if (access.kind === 'public' || access.kind === 'optional') return
  if (actor.kind === 'anonymous') throw new ServiceError('credentials_missing')
  if (access.kind === 'api_key') {
    if (actor.kind !== 'api_key') throw new ServiceError('credentials_missing', KEY_ALONE)
    return assertScope(actor, access.scope)
  }
  if (actor.kind === 'user' && ROLES.indexOf(actor.role) < ROLES.indexOf(access.role)) {
    throw new ServiceError('role_too_low', `This needs the role ${access.role}; yours is ${actor.role}.`)
  }
  if (actor.kind !== 'api_key') return
  if (access.kind === 'person') throw new ServiceError('person_required')
  assertScope(actor, access.scope)
}

export const authorize = (access: Access) =>
  createMiddleware<AppEnv>(async (c, next) => {
    assertAllowed(c.get('actor'), access)
    await next()
  })
