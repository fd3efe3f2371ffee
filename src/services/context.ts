import type { Config } from '../config.ts'
import type { Db } from '../db/client.ts'
import type { Databases } from '../db/databases.ts'
import type { AuditAction } from '../contract/audit.ts'
import type { Role } from '../contract/people.ts'
import type { Scope } from '../contract/sites.ts'
import type { EventShards } from '../db/events/shards.ts'
import type { IdPrefix } from '../lib/ids.ts'
import type { RequestOrigin } from '../lib/request-origin.ts'
import type { SiteRpc } from '../site/rpc.ts'
import type { ApiKeyStore } from './api-keys/store.ts'

/** Whoever runs this deployment. What they do is in a log of its own, under the name of an account that there is not. */
export const OPERATOR_ACCOUNT = 'operator'
export interface OperatorActor {
  kind: 'operator'
  accountId: typeof OPERATOR_ACCOUNT
  /** The person who acts as an operator; absent for whoever has the deployment's token. */
  userId?: string
}

/** The caller. A person acts in one account with one role, a key in one site, the system for an account, the operator in none. */
export type Actor =
  | { kind: 'user'; userId: string; accountId: string; role: Role }
  | { kind: 'api_key'; keyId: string; accountId: string; siteId: string; scopes: Scope[] }
  | { kind: 'system'; accountId: string }
  | OperatorActor
  | { kind: 'anonymous' }

export type KnownActor = Exclude<Actor, { kind: 'anonymous' }>
export type ApiKeyActor = Extract<Actor, { kind: 'api_key' }>

/** What every service function gets. Time and ids are injected so that tests and the simulator control them. */
export interface ServiceContext<A extends Actor = KnownActor> {
  db: Db
  /** The databases with events, messages and deliveries. */
  events: EventShards
  /** How many more queries D1 takes of this invocation; each statement of a batch counts. */
  queriesLeft: () => number
  actor: A
  requestId: string
  /** The same for a request and its repeats, by their Idempotency-Key; absent without one. */
  onceId?: string
  /** Where the request came from; absent for the system. */
  origin?: RequestOrigin | undefined
  /** Actions that this request wrote to the audit log, for the check against what its route declares. */
  recorded?: AuditAction[]
  /** What the caller says to call its request: for the log alone, see lib/ids.ts. */
  pluginRequestId?: string | undefined
  /** Milliseconds since 1970. */
  now: () => number
  newId: (prefix: IdPrefix) => string
  config: Config
  apiKeys: ApiKeyStore
  /** All D1 databases. For backups and restores, which go through them. */
  databases: Databases
  /** Keeps work running after the response, as `waitUntil` does. */
  background: (work: Promise<unknown>) => void
  /** Charges a host name and an account with one call to an address that never proved itself. @throws ServiceError `too_many_requests` */
  chargeUnverified: (call: { host: string; accountId: string }) => Promise<void>
  /** Stub for a site's Durable Object. */
  site: (siteId: string) => SiteRpc
}

/** An actor's name in records: `user:usr_…`, `api_key:key_…`, `system`. */
export function describeActor(actor: Actor): string {
  if (actor.kind === 'user') return `user:${actor.userId}`
  if (actor.kind === 'api_key') return `api_key:${actor.keyId}`
  if (actor.kind === 'operator' && actor.userId !== undefined) return `user:${actor.userId}`
  return actor.kind
}
