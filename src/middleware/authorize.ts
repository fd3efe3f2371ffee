import { createMiddleware } from 'hono/factory'
import { ROLES, type Role } from '../contract/people.ts'
import type { Scope } from '../contract/sites.ts'
import type { AppEnv } from '../env.ts'
import type { Actor, ApiKeyActor } from '../services/context.ts'
import { ServiceError } from '../services/errors.ts'
import type { SessionNeeds } from '../services/people/index.ts'

/**
 * Who may call a route: `public`, anybody; `optional`, anybody, with credentials considered where sent; `person`, a
 * person of at least this role, whose session has what the route needs; `member`, likewise, or an API key with this scope; `api_key`, such a key alone;
 * `operator`, whoever has the deployment's operator token; `platform`, likewise, or a person who is an operator, for whom all
 * others find nothing here.
 */
export type Access =
  | { kind: 'public' }
  | { kind: 'optional' }
  | ({ kind: 'person'; role: Role } & SessionNeeds)
  | { kind: 'member'; role: Role; scope: Scope }
  | { kind: 'api_key'; scope: Scope }
  | { kind: 'operator' }
  | { kind: 'platform'; fresh?: boolean }

export const KEY_ALONE = 'Only an API key of the site can call this.'

function assertScope({ scopes }: ApiKeyActor, scope: Scope): void {
  if (!scopes.includes(scope)) throw new ServiceError('insufficient_scope', `This needs the scope ${scope}.`)
}

/**
 * Refuses an actor whose role or scope is too low. Which rows the actor sees is decided in the services: every query
 * there filters by tenant.
 * @throws ServiceError `role_too_low`, `person_required`, `insufficient_scope`, `credentials_missing`,
 *   `operator_token_invalid`, `not_found`
 */
export function assertAllowed(actor: Actor, access: Access): void {
  if (access.kind === 'public' || access.kind === 'optional') return
  if (access.kind === 'platform' && actor.kind === 'operator') return
  if (access.kind === 'platform') throw new ServiceError('not_found')
  if (access.kind === 'operator' || actor.kind === 'operator') {
    const isToken = actor.kind === 'operator' && actor.userId === undefined
    if (access.kind !== 'operator' || !isToken) throw new ServiceError('operator_token_invalid')
    return
  }
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
