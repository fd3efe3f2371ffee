import * as z from 'zod'
import { API_PREFIX, listOf, PasskeyId, SessionId } from '../contract/common.ts'
import {
  Confirmed,
  EmailChange,
  Passkey,
  PasskeyCreate,
  PasskeyOptions,
  PasskeyUpdate,
  PasswordChange,
  PasswordConfirmation,
  Profile,
  ProfileUpdate,
  RecoveryCodes,
  SessionInfo,
  TotpCode,
  TotpSetup,
} from '../contract/me.ts'
import { SignedIn } from '../contract/people.ts'
import * as people from '../services/people/index.ts'
import { signedIn } from './auth.ts'
import { clientOf } from './client.ts'
import { created, defineRoute, NEEDS_RECENT, noContent, ok, type Route } from './define.ts'

const BASE = `${API_PREFIX}/me`

// a person looks after themselves, also without an account, or before they have the second factor that it requires
const common = {
  tag: 'me',
  throttle: 'integration',
  access: { kind: 'person', role: 'viewer', withoutAccount: true, withoutTwoFactor: true },
} as const
const sensitive = { ...common, access: { ...common.access, fresh: true } } as const

const SessionParams = z.lazy(() => z.object({ session_id: SessionId }))
const PasskeyParams = z.lazy(() => z.object({ passkey_id: PasskeyId }))
const replaced = { 200: { description: 'Done; this session is replaced by a new one', schema: SignedIn } }
const done = { 204: { description: 'Done', schema: null } }

const profileRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: BASE,
    operationId: 'getProfile',
    summary: 'Retrieve yourself',
    responses: { 200: { description: 'The person, and how they sign in', schema: Profile } },
    handle: async ({ ctx, request }) => ok(await people.getProfile({ ctx, input: { client: clientOf(request) } })),
  }),
  defineRoute({
    ...common,
    method: 'patch',
    path: BASE,
    operationId: 'updateProfile',
    summary: 'Change your name',
    body: ProfileUpdate,
    responses: { 200: { description: 'The changed person', schema: Profile } },
    handle: async ({ ctx, body, request }) =>
      ok(await people.updateProfile({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/confirm`,
    operationId: 'confirmPassword',
    summary: 'Confirm your password',
    description: 'Allows this session sensitive changes for 15 minutes.',
    body: PasswordConfirmation,
    responses: { 200: { description: 'Confirmed', schema: Confirmed } },
    errors: ['wrong_password'],
    handle: async ({ ctx, body, request }) =>
      ok(await people.confirmPassword({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/password`,
    operationId: 'changePassword',
    summary: 'Change your password',
    description: 'All other sessions end. You are told by mail.',
    body: PasswordChange,
    responses: replaced,
    errors: ['wrong_password', 'common_password', 'personal_password'],
    handle: async ({ ctx, body, request }) =>
      signedIn(200, await people.changePassword({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
]

const emailRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/email/resend-verification`,
    operationId: 'resendVerification',
    summary: 'Mail the verification again',
    description: 'The older link no longer works.',
    responses: { 204: { description: 'On its way', schema: null } },
    errors: ['email_verified'],
    handle: async ({ ctx, request }) => {
      await people.resendVerification({ ctx, input: { client: clientOf(request) } })
      return noContent()
    },
  }),
  defineRoute({
    ...sensitive,
    method: 'post',
    path: `${BASE}/email`,
    operationId: 'changeEmail',
    summary: 'Change your e-mail address',
    description: `The new address gets a link, which makes it yours; the old one is told. ${NEEDS_RECENT}`,
    body: EmailChange,
    responses: { 204: { description: 'The link is on its way', schema: null } },
    errors: ['email_taken'],
    handle: async ({ ctx, body, request }) => {
      await people.changeEmail({ ctx, input: { ...body, client: clientOf(request) } })
      return noContent()
    },
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: `${BASE}/email/change`,
    operationId: 'cancelEmailChange',
    summary: 'Give up a change of address',
    responses: done,
    handle: async ({ ctx, request }) => {
      await people.cancelEmailChange({ ctx, input: { client: clientOf(request) } })
      return noContent()
    },
  }),
]

const sessionRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: `${BASE}/sessions`,
    operationId: 'listOwnSessions',
    summary: 'List your sessions',
    responses: { 200: { description: 'The newest 100, newest first', schema: listOf(SessionInfo) } },
    handle: async ({ ctx, request }) => {
      const results = await people.listOwnSessions({ ctx, input: { client: clientOf(request) } })
      return ok({ results, next: null })
    },
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: `${BASE}/sessions`,
    operationId: 'endOtherSessions',
    summary: 'End all your other sessions',
    responses: done,
    handle: async ({ ctx, request }) => {
      await people.endOtherSessions({ ctx, input: { client: clientOf(request) } })
      return noContent()
    },
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: `${BASE}/sessions/:session_id`,
    operationId: 'endSession',
    summary: 'End one of your sessions',
    params: SessionParams,
    responses: done,
    errors: ['session_not_found'],
    handle: async ({ ctx, params, request }) => {
      await people.endSession({ ctx, input: { id: params.session_id, client: clientOf(request) } })
      return noContent()
    },
  }),
]

const totpRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/totp`,
    operationId: 'setUpTotp',
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

export const meRoutes: Route[] = [...profileRoutes, ...emailRoutes, ...sessionRoutes, ...totpRoutes, ...passkeyRoutes]
