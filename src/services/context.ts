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

/** Whoever runs this deployment. Their actions are in an audit log of their own, under this id, which no account has. */
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
  /** How many queries this invocation may still make; each statement of a batch counts. */
  queriesLeft: () => number
  actor: A
  requestId: string
  /** Made from the Idempotency-Key: the same for each repeat of a request. Absent without that header. */
  onceId?: string
  /** Where the request came from; absent for the system. */
  origin?: RequestOrigin | undefined
  /** Actions that this request wrote to the audit log; mount.ts compares them with those that the route declares. */
  recorded?: AuditAction[]
  /** The request id that the plugin sent; only for the log (lib/ids.ts). */
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
  /** Charges a host name and an account with one call to an address that was never verified. @throws ServiceError `too_many_requests` */
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
