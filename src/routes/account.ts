import { API_PREFIX } from '../contract/common.ts'
import { Account, AccountCreate, AccountSettings, AccountUpdate } from '../contract/people.ts'
import { getAccount, openAccount, updateAccount } from '../services/account/index.ts'
import { clientOf } from './client.ts'
import { created, defineRoute, ok, type Route } from './define.ts'

const PATH = `${API_PREFIX}/account`
const common = { tag: 'account', throttle: 'integration', path: PATH } as const

export const accountRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    operationId: 'getAccount',
    summary: 'Retrieve the account',
    description: 'The account that the request acts in.',
    access: { kind: 'person', role: 'viewer' },
    responses: { 200: { description: 'The account', schema: AccountSettings } },
    handle: async ({ ctx }) => ok(await getAccount({ ctx })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    operationId: 'createAccount',
    records: 'account.created',
    summary: 'Make an account',
    description: 'For people who are in no account any more. You own the new one.',
    access: { kind: 'person', role: 'viewer', withoutAccount: true },
    body: AccountCreate,
    responses: { 201: { description: 'The account', schema: Account } },
    errors: ['has_account', 'person_leaving'],
    handle: async ({ ctx, body }) => created(await openAccount({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    method: 'patch',
    operationId: 'updateAccount',
    records: { oneOf: ['account.updated'], unless: 'the body is empty' },
    summary: 'Change the account',
    description:
      'With `require_two_factor` members can act in this account only after signing in with a second factor. Their other accounts, and API keys, are not affected.',
    access: { kind: 'person', role: 'owner', fresh: true },
    body: AccountUpdate,
    responses: { 200: { description: 'The changed account', schema: AccountSettings } },
    errors: ['second_factor_missing'],
    handle: async ({ ctx, body, request }) =>
      ok(await updateAccount({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
]
