import * as z from 'zod'
import { AuditQuery, AuditRecord } from '../contract/audit.ts'
import { AccountId, API_PREFIX, listOf, SiteId, UserId } from '../contract/common.ts'
import {
  Operator,
  OperatorAccount,
  OperatorAccountQuery,
  OperatorGrant,
  OperatorOverview,
  OperatorSite,
  OperatorSiteQuery,
  Replay,
  ReplayRequest,
  Suspension,
  WakeRequest,
  WokenObject,
} from '../contract/operator-page.ts'
import { listAudit } from '../services/audit/index.ts'
import { getOperatorAccount, getOverview, listOperatorAccounts, listOperatorSites } from '../services/figures/index.ts'
import { grantOperator, listOperators, revokeOperator } from '../services/people/index.ts'
import { replayWaiting, wakeObject } from '../services/replays/index.ts'
import { liftSuspension, suspendAccount } from '../services/suspension/index.ts'
import { created, defineRoute, NEEDS_RECENT, noContent, ok, type Route } from './define.ts'

const BASE = `${API_PREFIX}/operator`

/** For whoever has the deployment's token: no operator makes another. */
const byToken = {
  tag: 'operator',
  throttle: 'operator',
  access: { kind: 'operator' },
  withoutIdempotency: true,
} as const
const byOperator = { ...byToken, access: { kind: 'platform' } } as const
/** For what changes something. */
const byFreshOperator = { ...byToken, access: { kind: 'platform', fresh: true } } as const

const AccountParams = z.lazy(() => z.object({ account_id: AccountId }))

export const operatorPageRoutes: Route[] = [
  defineRoute({
    ...byToken,
    method: 'get',
    path: `${BASE}/operators`,
    operationId: 'listOperators',
    summary: 'List the people who operate the deployment',
    responses: { 200: { description: 'All of them', schema: listOf(Operator) } },
    handle: async ({ ctx }) => ok({ results: await listOperators({ ctx }), next: null }),
  }),
  defineRoute({
    ...byToken,
    method: 'post',
    path: `${BASE}/operators`,
    operationId: 'grantOperator',
    records: { oneOf: ['operator.granted'] },
    summary: 'Make a person an operator',
    description: 'The person is told by mail. `npm run operator -- grant ada@example.com` does it.',
    body: OperatorGrant,
    responses: { 201: { description: 'The operator', schema: Operator } },
    errors: ['person_not_found', 'person_unverified', 'user_inactive'],
    handle: async ({ ctx, body }) => created(await grantOperator({ ctx, input: body })),
  }),
  defineRoute({
    ...byToken,
    method: 'delete',
    path: `${BASE}/operators/:user_id`,
    operationId: 'revokeOperator',
    records: 'operator.revoked',
    summary: 'Take the role of an operator from a person',
    params: z.lazy(() => z.object({ user_id: UserId })),
    responses: { 204: { description: 'They are none any more', schema: null } },
    errors: ['person_not_found'],
    handle: async ({ ctx, params }) => {
      await revokeOperator({ ctx, input: { userId: params.user_id } })
      return noContent()
    },
  }),
  defineRoute({
    ...byOperator,
    method: 'get',
    path: `${BASE}/overview`,
    operationId: 'getOperatorOverview',
    summary: 'Read the figures of the deployment',
    description: 'What the cron counted last, and what waits now. Nothing of what tenants wrote.',
    responses: { 200: { description: 'The figures', schema: OperatorOverview } },
    handle: async ({ ctx }) => ok(await getOverview({ ctx })),
  }),
  defineRoute({
    ...byOperator,
    method: 'get',
    path: `${BASE}/sites`,
    operationId: 'listOperatorSites',
    summary: 'Find sites of all accounts',
    query: OperatorSiteQuery,
    responses: { 200: { description: '50 at most', schema: listOf(OperatorSite) } },
    handle: async ({ ctx, query }) => ok({ results: await listOperatorSites({ ctx, input: query }), next: null }),
  }),
  defineRoute({
    ...byOperator,
    method: 'get',
    path: `${BASE}/accounts`,
    operationId: 'listOperatorAccounts',
    summary: 'Find accounts, with their use beside their quotas',
    query: OperatorAccountQuery,
    responses: { 200: { description: '20 at most, the largest first', schema: listOf(OperatorAccount) } },
    errors: ['account_not_found'],
    handle: async ({ ctx, query }) => ok({ results: await listOperatorAccounts({ ctx, input: query }), next: null }),
  }),
  defineRoute({
    ...byOperator,
    method: 'get',
    path: `${BASE}/audit`,
    operationId: 'listOperatorAudit',
    summary: 'List what operators did',
    query: AuditQuery,
    responses: { 200: { description: 'One page, newest first', schema: listOf(AuditRecord) } },
    errors: ['invalid_cursor'],
    handle: async ({ ctx, query }) => ok(await listAudit({ ctx, input: query })),
  }),
  defineRoute({
    ...byFreshOperator,
    method: 'post',
    path: `${BASE}/accounts/:account_id/suspend`,
    operationId: 'suspendAccount',
    records: { oneOf: ['account.suspended'], unless: 'it is suspended already' },
    summary: 'Suspend an account',
    description: `Its people read and export, and are told why; nothing of it is written, synced or sent, and its keys are refused. Repeating it changes nothing. ${NEEDS_RECENT}`,
    params: AccountParams,
    body: Suspension,
    responses: { 200: { description: 'The account', schema: OperatorAccount } },
    errors: ['account_not_found'],
    handle: async ({ ctx, params, body }) => {
      await suspendAccount({ ctx, input: { accountId: params.account_id, ...body } })
      return ok(await getOperatorAccount({ ctx, input: params }))
    },
  }),
  defineRoute({
    ...byFreshOperator,
    method: 'post',
    path: `${BASE}/accounts/:account_id/lift-suspension`,
    operationId: 'liftSuspension',
    records: { oneOf: ['account.suspension_lifted'], unless: 'it is not suspended' },
    summary: 'Lift the suspension of an account',
    description: `Its sites are checked and sync again within minutes. Repeating it changes nothing. ${NEEDS_RECENT}`,
    params: AccountParams,
    body: Suspension,
    responses: { 200: { description: 'The account', schema: OperatorAccount } },
    errors: ['account_not_found'],
    handle: async ({ ctx, params, body }) => {
      await liftSuspension({ ctx, input: { accountId: params.account_id, ...body } })
      return ok(await getOperatorAccount({ ctx, input: params }))
    },
  }),
  defineRoute({
    ...byFreshOperator,
    method: 'post',
    path: `${BASE}/sites/:site_id/wake-object`,
    operationId: 'wakeObject',
    records: 'site.woken',
    summary: 'Make a site’s object check its site now',
    description: `Sets the alarm of the object anew, which it may have lost. ${NEEDS_RECENT}`,
    params: z.lazy(() => z.object({ site_id: SiteId })),
    body: WakeRequest,
    responses: { 200: { description: 'What the object has to do', schema: WokenObject } },
    errors: ['site_not_found', 'account_suspended'],
    handle: async ({ ctx, params, body }) =>
      ok(await wakeObject({ ctx, input: { siteId: params.site_id, reason: body.reason } })),
  }),
  defineRoute({
    ...byFreshOperator,
    method: 'post',
    path: `${BASE}/replays`,
    operationId: 'replayWaiting',
    records: 'operator.replayed',
    summary: 'Try again what waits',
    description: `Some at a time: 500 deliveries of each event database, 50 sites, or 2,000 events. ${NEEDS_RECENT}`,
    body: ReplayRequest,
    responses: { 200: { description: 'What was done', schema: Replay } },
    errors: ['site_not_found', 'account_suspended'],
    handle: async ({ ctx, body }) => ok(await replayWaiting({ ctx, input: body })),
  }),
]
