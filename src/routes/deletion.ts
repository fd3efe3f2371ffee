import { API_PREFIX } from '../contract/common.ts'
import { AccountDeletionRequest, Deletion, Deletions, PersonDeletionRequest } from '../contract/deletion.ts'
import {
  cancelAccountDeletion,
  cancelPersonDeletion,
  listDeletions,
  scheduleAccountDeletion,
  schedulePersonDeletion,
} from '../services/deletion/index.ts'
import { NEEDS_RECENT, defineRoute, noContent, ok, type Route } from './define.ts'

const ACCOUNT = `${API_PREFIX}/account/deletion`
const PERSON = `${API_PREFIX}/me/deletion`

// a person looks after themselves, also without an account, or before they have the second factor that it requires
const oneself = { kind: 'person', role: 'viewer', withoutAccount: true, withoutTwoFactor: true } as const
const owners = { kind: 'person', role: 'owner' } as const
const common = { tag: 'deletion', throttle: 'integration' } as const

export const deletionRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: `${API_PREFIX}/deletions`,
    operationId: 'listDeletions',
    summary: 'List scheduled deletions',
    description: 'Of the account that the request acts in, and of the person.',
    access: oneself,
    responses: { 200: { description: 'The deletions', schema: Deletions } },
    handle: async ({ ctx }) => ok(await listDeletions({ ctx })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: ACCOUNT,
    operationId: 'scheduleAccountDeletion',
    records: 'account.deletion_scheduled',
    summary: 'Have the account deleted',
    description: `In 30 days all that it has is deleted, and the members who are in no other account with it. Its sites are switched off at once; signing in, reading, the export and cancelling keep working. ${NEEDS_RECENT}`,
    access: { ...owners, fresh: true },
    body: AccountDeletionRequest,
    responses: { 200: { description: 'The scheduled deletion', schema: Deletion } },
    handle: async ({ ctx, body }) => ok(await scheduleAccountDeletion({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: ACCOUNT,
    operationId: 'cancelAccountDeletion',
    records: 'account.deletion_cancelled',
    summary: 'Keep the account',
    description: 'Its sites are switched on again within some minutes, except those that were off before.',
    access: owners,
    responses: { 204: { description: 'The deletion is cancelled', schema: null } },
    errors: ['deletion_not_found', 'deletion_running', 'sole_owner'],
    handle: async ({ ctx }) => {
      await cancelAccountDeletion({ ctx })
      return noContent()
    },
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: PERSON,
    operationId: 'schedulePersonDeletion',
    records: 'person.deletion_scheduled',
    summary: 'Have yourself deleted',
    description: `In 30 days all that is kept about you is deleted; until then nothing changes. The only owner of an account makes somebody else owner first, or has the account deleted. ${NEEDS_RECENT}`,
    access: { ...oneself, fresh: true },
    body: PersonDeletionRequest,
    responses: { 200: { description: 'The scheduled deletion', schema: Deletion } },
    errors: ['sole_owner'],
    handle: async ({ ctx, body }) => ok(await schedulePersonDeletion({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: PERSON,
    operationId: 'cancelPersonDeletion',
    records: 'person.deletion_cancelled',
    summary: 'Stay',
    access: oneself,
    responses: { 204: { description: 'The deletion is cancelled', schema: null } },
    errors: ['deletion_not_found', 'deletion_running'],
    handle: async ({ ctx }) => {
      await cancelPersonDeletion({ ctx })
      return noContent()
    },
  }),
]
