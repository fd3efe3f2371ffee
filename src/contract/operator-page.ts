/** What operators see of a deployment: figures, ids and hosts; no content of tenants (docs/operations.md). */
import * as z from 'zod'
import { AccountId, Count, IntegrationId, PlainText, RunId, SiteId, Timestamp, UserId } from './common.ts'
import { Connection } from './health.ts'
import type { QUOTA_KINDS } from './quotas.ts'
import { Transport } from './polling.ts'
import { CHANNELS } from './notifications.ts'

/** A person with the platform's role. */
export const Operator = z.lazy(() =>
  z.object({ user_id: UserId, name: z.string(), email: z.string(), granted_at: Timestamp }).meta({ id: 'Operator' }),
)
export type Operator = z.infer<typeof Operator>

export const OperatorGrant = z.lazy(() =>
  z
    .object({ email: z.email().max(254) })
    .strict()
    .meta({ id: 'OperatorGrant' }),
)
export type OperatorGrant = z.infer<typeof OperatorGrant>

const CodeCount = z.lazy(() => z.object({ code: z.string(), count: Count }))

const Lag = z.lazy(() =>
  z
    .object({
      count: Count.meta({ description: 'How many were measured' }),
      p50_ms: z.number().nullable().meta({ description: 'Half of them took no longer; null without any' }),
      p95_ms: z.number().nullable(),
    })
    .meta({ description: 'How long something takes, or has waited. Measured in steps: 1 s, 2 s, 5 s …' }),
)

const SiteFigures = z.lazy(() =>
  z.object({
    as_of: Timestamp,
    sites: Count,
    accounts: Count.meta({ description: 'Accounts that have sites' }),
    states: z.array(z.object({ state: Connection, count: Count })),
    reasons: z.array(CodeCount).meta({ description: 'Why sites are not ready, most frequent first' }),
    polling: Count.meta({ description: 'Sites that poll' }),
    running: Count.meta({ description: 'Sites with a run' }),
    stuck: Count.meta({ description: 'Sites whose run has shown nothing for half an hour' }),
    last_failed: Count.meta({ description: 'Sites whose last run failed' }),
  }),
)

const HourOfWork = z.lazy(() => z.object({ hour: Timestamp, succeeded: Count, failed: Count }))

const Waiting = z.lazy(() =>
  z
    .object({
      count: Count,
      is_more: z.boolean().meta({ description: 'There are more: counting stops there' }),
      oldest_at: Timestamp.nullable(),
    })
    .meta({ description: 'What waits' }),
)

const Job = z.lazy(() =>
  z.object({
    name: z.string(),
    at: Timestamp.meta({ description: 'When it last ended' }),
    took_ms: z.number(),
    is_ok: z.boolean().meta({ description: 'Whether it succeeded then' }),
    failed_at: Timestamp.nullable().meta({ description: 'When it last failed' }),
  }),
)

const Database = z.lazy(() =>
  z.object({
    name: z.string().meta({ description: 'Its binding' }),
    bytes: Count,
    bytes_per_day: z.number().nullable(),
    days_left: z.number().nullable().meta({ description: 'Until it is full; null if it doesn’t grow' }),
    is_filling: z.boolean(),
  }),
)

export const OperatorOverview = z.lazy(() =>
  z
    .object({
      as_of: Timestamp,
      release: z.string(),
      version: z.string().nullable(),
      sites: SiteFigures.unwrap().nullable().meta({ description: 'Null before the first ten minutes are over' }),
      runs: z.array(HourOfWork).meta({ description: 'Runs that ended in each of the last 24 hours, oldest first' }),
      webhooks: z.array(HourOfWork).meta({ description: 'Rounds of webhooks that changed something, likewise' }),
      failures: z.object({ day: z.array(CodeCount), week: z.array(CodeCount) }),
      lag: z.object({ runs: Lag, webhooks: Lag, deliveries: Lag }),
      waiting: z.object({
        webhook_deliveries: Waiting,
        mails: Waiting,
        events: Waiting.unwrap().meta({ description: 'Events and messages that wait for their database' }),
        health_checks: Waiting.unwrap().meta({ description: 'Health checks that are overdue by two minutes' }),
      }),
      failed_deliveries: z
        .array(z.object({ channel: z.enum(CHANNELS), code: z.string(), count: Count }))
        .meta({ description: 'Of the last 7 days; 5,000 at most' }),
      databases: z.array(Database),
      database_bytes: Count.meta({ description: 'What a database may have' }),
      last_tick_at: Timestamp.nullable(),
      jobs: z.array(Job),
      missing: z.array(z.string()).meta({ description: 'Databases that did not answer; their part is left out' }),
    })
    .meta({ id: 'OperatorOverview' }),
)
export type OperatorOverview = z.infer<typeof OperatorOverview>

export const OperatorSiteQuery = z.lazy(() =>
  z.object({
    search: z
      .string()
      .trim()
      .max(200)
      .optional()
      .meta({ description: 'Id of a site or an account, or a host; absent: the sites that are worst off' }),
  }),
)

export const OperatorSite = z.lazy(() =>
  z
    .object({
      id: SiteId,
      account_id: AccountId,
      host: z.string(),
      is_active: z.boolean(),
      integration_id: IntegrationId.nullable(),
      connection: Connection,
      reason: z.string().nullable().meta({ description: 'Code of what is wrong' }),
      since: Timestamp.nullable(),
      transport: Transport,
      sync_status: z.enum(['pending', 'syncing', 'success', 'failed']),
      last_verified_at: Timestamp.nullable(),
      last_sync_at: Timestamp.nullable(),
      next_check_at: Timestamp.nullable(),
      stored_bytes: Count,
    })
    .meta({ id: 'OperatorSite' }),
)
export type OperatorSite = z.infer<typeof OperatorSite>

export const OperatorAccountQuery = z.lazy(() =>
  z.object({
    account_id: AccountId.optional().meta({ description: 'Absent: the accounts with the most sites' }),
    suspended: z.stringbool().default(false).meta({ description: 'Those that are suspended instead' }),
  }),
)

const Share = z.lazy(() => z.object({ used: Count, most: Count }))

export const OperatorAccount = z.lazy(() =>
  z
    .object({
      id: AccountId,
      created_at: Timestamp,
      usage: z.object({
        sites: Share,
        api_keys: Share,
        members: Share,
        invitations: Share,
      } satisfies Record<(typeof QUOTA_KINDS)[number], z.ZodType>),
      suspension: z
        .object({
          since: Timestamp,
          reason: z.string(),
          is_told: z.boolean().meta({ description: 'Whether all of its sites know it' }),
        })
        .nullable()
        .meta({ description: 'Null: it is not suspended' }),
    })
    .meta({ id: 'OperatorAccount' }),
)
export type OperatorAccount = z.infer<typeof OperatorAccount>

/** Why an operator does something; recorded. That of a suspension is told to the people of the account. */
const Reason = z.lazy(() => PlainText.unwrap().meta({ description: 'Why. Recorded', example: 'Sends spam' }))

export const Suspension = z.lazy(() => z.object({ reason: Reason.unwrap() }).strict().meta({ id: 'Suspension' }))
export type Suspension = z.infer<typeof Suspension>

export const WakeRequest = z.lazy(() => z.object({ reason: Reason.unwrap() }).strict().meta({ id: 'WakeRequest' }))

export const WokenObject = z.lazy(() =>
  z
    .object({
      check_due_at: Timestamp,
      run: z
        .object({ id: RunId, status: z.string(), waited_s: z.number().nullable() })
        .nullable()
        .meta({ description: 'The run that is under way or queued; null if there is none' }),
      waiting_for_site_since: Timestamp.nullable().meta({ description: 'Since when commands wait for a poll' }),
    })
    .meta({ id: 'WokenObject' }),
)
export type WokenObject = z.infer<typeof WokenObject>

export const REPLAYED = ['webhook_deliveries', 'mails', 'webhooks', 'events'] as const

export const ReplayRequest = z.lazy(() =>
  z
    .object({
      what: z.enum(REPLAYED).meta({
        description:
          '`webhook_deliveries`, `mails`: failed ones of a week, and those that wait. `webhooks`: what sites could not be asked, and runs that wait for their next attempt. `events`: what waits for its database',
      }),
      account_id: AccountId.optional(),
      site_id: SiteId.optional().meta({ description: 'For `webhooks`' }),
      code: z
        .string()
        .regex(/^[a-z0-9_]{1,64}$/)
        .optional()
        .meta({ description: 'Only deliveries with this error' }),
      cursor: z.string().max(64).optional().meta({ description: 'For `webhooks`: the `next` of the answer before' }),
      reason: Reason.unwrap(),
    })
    .strict()
    .refine(({ what, account_id: account, site_id: site }) => what !== 'webhooks' || (account ?? site) !== undefined, {
      path: ['site_id'],
      error: 'names a site, or account_id an account, for `webhooks`',
    })
    .meta({ id: 'ReplayRequest' }),
)
export type ReplayRequest = z.infer<typeof ReplayRequest>

export const Replay = z.lazy(() =>
  z
    .object({
      retried: Count.meta({ description: 'How many are due now; of events: how many were passed on' }),
      sites: Count.meta({ description: 'How many objects were woken' }),
      unreached: Count.meta({ description: 'How many objects did not answer' }),
      next: z.string().nullable().meta({ description: 'There are more sites: send it as `cursor`' }),
      is_more: z.boolean().meta({ description: 'There may be more: repeat it' }),
    })
    .meta({ id: 'Replay' }),
)
export type Replay = z.infer<typeof Replay>
