import * as z from 'zod'
import { listOf, PasskeyId } from '../contract/common.ts'
import {
  Passkey,
  PasskeyCreate,
  PasskeyOptions,
  PasskeyUpdate,
  PasswordConfirmation,
  RecoveryCodes,
  TotpCode,
  TotpSetup,
} from '../contract/me.ts'
import * as people from '../services/people/index.ts'
import { signedIn } from './auth.ts'
import { clientOf } from './client.ts'
import { created, defineRoute, NEEDS_RECENT, noContent, ok, type Route } from './define.ts'
import { BASE, common, done, replaced, sensitive } from './me-common.ts'

const PasskeyParams = z.lazy(() => z.object({ passkey_id: PasskeyId }))

const totpRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/totp`,
    operationId: 'setUpTotp',
    records: { nothing: 'nothing is on before it is confirmed' },
    summary: 'Set up an authenticator app',
    description: 'Only this answer has the secret and the recovery codes. It counts once `totp/confirm` got a code.',
    body: PasswordConfirmation,
    responses: { 200: { description: 'The secret and the recovery codes', schema: TotpSetup } },
    errors: ['wrong_password', 'two_factor_on'],
    handle: async ({ ctx, body, request }) =>
      ok(await people.setUpTotp({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/totp/confirm`,
    operationId: 'confirmTotp',
    records: 'person.totp_added',
    summary: 'Turn the authenticator app on',
    body: TotpCode,
    responses: replaced,
    errors: ['wrong_code', 'two_factor_on', 'two_factor_off'],
    handle: async ({ ctx, body, request }) =>
      signedIn(200, await people.confirmTotp({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/totp/remove`,
    operationId: 'removeTotp',
    records: 'person.totp_removed',
    summary: 'Remove the authenticator app',
    description: 'Accounts that require a second factor are closed to you until you have one again.',
    body: PasswordConfirmation,
    responses: replaced,
    errors: ['wrong_password', 'two_factor_off'],
    handle: async ({ ctx, body, request }) =>
      signedIn(200, await people.removeTotp({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/totp/recovery-codes`,
    operationId: 'renewRecoveryCodes',
    records: 'person.recovery_codes_renewed',
    summary: 'Make new recovery codes',
    description: 'Only this answer has them; the older ones no longer work.',
    body: PasswordConfirmation,
    responses: { 200: { description: 'The new codes', schema: RecoveryCodes } },
    errors: ['wrong_password', 'two_factor_off'],
    handle: async ({ ctx, body, request }) =>
      ok(await people.renewRecoveryCodes({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
]

const passkeyRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: `${BASE}/passkeys`,
    operationId: 'listPasskeys',
    summary: 'List your passkeys',
    responses: { 200: { description: 'All of them, oldest first', schema: listOf(Passkey) } },
    handle: async ({ ctx, request }) => {
      const results = await people.listPasskeys({ ctx, input: { client: clientOf(request) } })
      return ok({ results, next: null })
    },
  }),
  defineRoute({
    ...sensitive,
    method: 'post',
    path: `${BASE}/passkeys/options`,
    operationId: 'startPasskey',
    records: { nothing: 'nothing is kept before it is created' },
    summary: 'Start adding a passkey',
    description: NEEDS_RECENT,
    responses: { 200: { description: 'For `navigator.credentials.create`', schema: PasskeyOptions } },
    errors: ['too_many_passkeys'],
    handle: async ({ ctx, request }) => ok(await people.startPasskey({ ctx, input: { client: clientOf(request) } })),
  }),
  defineRoute({
    ...sensitive,
    method: 'post',
    path: `${BASE}/passkeys`,
    operationId: 'createPasskey',
    records: 'person.passkey_added',
    summary: 'Add a passkey',
    description: NEEDS_RECENT,
    body: PasskeyCreate,
    responses: { 201: { description: 'The passkey', schema: Passkey } },
    errors: ['passkey_refused'],
    handle: async ({ ctx, body, request }) =>
      created(await people.createPasskey({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    ...common,
    method: 'patch',
    path: `${BASE}/passkeys/:passkey_id`,
    operationId: 'renamePasskey',
    records: { nothing: 'a label for oneself' },
    summary: 'Rename a passkey',
    params: PasskeyParams,
    body: PasskeyUpdate,
    responses: { 200: { description: 'The renamed passkey', schema: Passkey } },
    errors: ['passkey_not_found'],
    handle: async ({ ctx, params, body, request }) =>
      ok(await people.renamePasskey({ ctx, input: { id: params.passkey_id, ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    ...sensitive,
    method: 'delete',
    path: `${BASE}/passkeys/:passkey_id`,
    operationId: 'removePasskey',
    records: 'person.passkey_removed',
    summary: 'Remove a passkey',
    description: NEEDS_RECENT,
    params: PasskeyParams,
    responses: done,
    errors: ['passkey_not_found'],
    handle: async ({ ctx, params, request }) => {
      await people.removePasskey({ ctx, input: { id: params.passkey_id, client: clientOf(request) } })
      return noContent()
    },
  }),
]

/** A person's second factors. */
export const factorRoutes: Route[] = [...totpRoutes, ...passkeyRoutes]
