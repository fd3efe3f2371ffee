import { API_PREFIX } from '../contract/common.ts'
import {
  EmailVerification,
  ForgotPassword,
  PasskeyOptions,
  PasskeySignIn,
  ResetPassword,
  SecondStepCode,
  VerifiedEmail,
} from '../contract/me.ts'
import { AuthOptions, Session, SignedIn, SignIn, SignInAnswer, SignUp } from '../contract/people.ts'
import {
  forgotPassword,
  getSession,
  resetPassword,
  signIn,
  signInDemo,
  type SignInResult,
  signInSecondStep,
  signInWithPasskey,
  signOut,
  signUp,
  startPasskeySignIn,
  verifyEmail,
} from '../services/people/index.ts'
import { clientOf } from './client.ts'
import { defineRoute, noContent, ok, type Reply, type Route } from './define.ts'

const BASE = `${API_PREFIX}/auth`

const open = { tag: 'auth', access: { kind: 'public' }, throttle: 'anonymous' } as const

/** The answer with a new session. */
export const signedIn = (status: number, { token, user, cookies }: SignInResult): Reply => ({
  status,
  body: { token, user },
  headers: { 'set-cookie': cookies },
})

export const authRoutes: Route[] = [
  defineRoute({
    method: 'post',
    path: `${BASE}/sign-up/email`,
    operationId: 'signUp',
    records: 'account.created',
    tag: 'auth',
    summary: 'Sign up',
    description: 'Creates a person, and an account that they own. A link to verify the address is mailed.',
    access: { kind: 'public' },
    throttle: 'anonymous',
    body: SignUp,
    responses: { 201: { description: 'Signed up and signed in. Browsers also get a cookie', schema: SignedIn } },
    errors: ['email_taken', 'common_password', 'personal_password', 'origin_not_allowed'],
    handle: async ({ ctx, body, request }) =>
      signedIn(201, await signUp({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    method: 'post',
    path: `${BASE}/sign-in/email`,
    operationId: 'signIn',
    records: { oneOf: ['session.created'], unless: 'a second step follows' },
    tag: 'auth',
    summary: 'Sign in',
    access: { kind: 'public' },
    throttle: 'anonymous',
    body: SignIn,
    description: 'For a person with an authenticator app the answer is the second step’s challenge, and no session.',
    responses: {
      200: { description: 'Signed in (browsers also get a cookie), or the second step', schema: SignInAnswer },
    },
    errors: ['invalid_credentials', 'too_many_attempts', 'user_inactive', 'origin_not_allowed'],
    handle: async ({ ctx, body, request }) => {
      const result = await signIn({ ctx, input: { ...body, client: clientOf(request) } })
      return 'second_step' in result ? ok(result) : signedIn(200, result)
    },
  }),
  defineRoute({
    ...open,
    method: 'post',
    path: `${BASE}/sign-in/second-step`,
    operationId: 'signInSecondStep',
    records: 'session.created',
    summary: 'Complete a sign-in with a code',
    description: 'Takes a code of the authenticator app, or a recovery code, which then no longer works.',
    body: SecondStepCode,
    responses: { 200: { description: 'Signed in. Browsers also get a cookie', schema: SignedIn } },
    errors: ['wrong_code', 'second_step_over', 'two_factor_off', 'user_inactive', 'origin_not_allowed'],
    handle: async ({ ctx, body, request }) =>
      signedIn(200, await signInSecondStep({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    ...open,
    method: 'post',
    path: `${BASE}/sign-in/passkey/options`,
    operationId: 'startPasskeySignIn',
    records: { nothing: 'nobody is signed in yet' },
    summary: 'Start signing in with a passkey',
    responses: { 200: { description: 'For `navigator.credentials.get`', schema: PasskeyOptions } },
    errors: ['origin_not_allowed'],
    handle: async ({ ctx, request }) => ok(await startPasskeySignIn({ ctx, input: { client: clientOf(request) } })),
  }),
  defineRoute({
    ...open,
    method: 'post',
    path: `${BASE}/sign-in/passkey`,
    operationId: 'signInWithPasskey',
    records: 'session.created',
    summary: 'Sign in with a passkey',
    description: 'Counts as two factors: the passkey’s device has checked the person.',
    body: PasskeySignIn,
    responses: { 200: { description: 'Signed in. Browsers also get a cookie', schema: SignedIn } },
    errors: ['passkey_refused', 'user_inactive', 'origin_not_allowed'],
    handle: async ({ ctx, body, request }) =>
      signedIn(200, await signInWithPasskey({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    ...open,
    method: 'post',
    path: `${BASE}/verify-email`,
    operationId: 'verifyEmail',
    records: { oneOf: ['person.email_verified', 'person.email_changed'] },
    summary: 'Verify an e-mail address',
    description: 'Takes the token of a mailed link, for a new person as for a change of address. It works once.',
    body: EmailVerification,
    responses: { 200: { description: 'The verified address', schema: VerifiedEmail } },
    errors: ['invalid_link', 'email_taken', 'origin_not_allowed'],
    handle: async ({ ctx, body, request }) =>
      ok(await verifyEmail({ ctx, input: { ...body, client: clientOf(request) } })),
  }),
  defineRoute({
    ...open,
    method: 'post',
    path: `${BASE}/forgot-password`,
    operationId: 'forgotPassword',
    records: { nothing: 'anybody can ask, for any address: that must not fill a log' },
    summary: 'Ask for a new password',
    description: 'Mails a link, if the address belongs to somebody. The answer is the same for every address.',
    body: ForgotPassword,
    responses: { 204: { description: 'Accepted', schema: null } },
    errors: ['origin_not_allowed'],
    handle: async ({ ctx, body, request }) => {
      await forgotPassword({ ctx, input: { ...body, client: clientOf(request) } })
      return noContent()
    },
  }),
  defineRoute({
    ...open,
    method: 'post',
    path: `${BASE}/reset-password`,
    operationId: 'resetPassword',
    records: 'person.password_reset',
    summary: 'Set a new password',
    description: 'Takes the token of a mailed link, which works once within half an hour. All sessions end.',
    body: ResetPassword,
    responses: { 204: { description: 'The password is set', schema: null } },
    errors: ['invalid_link', 'common_password', 'personal_password', 'origin_not_allowed'],
    handle: async ({ ctx, body, request }) => {
      await resetPassword({ ctx, input: { ...body, client: clientOf(request) } })
      return noContent()
    },
  }),
  defineRoute({
    method: 'get',
    path: `${BASE}/options`,
    operationId: 'getAuthOptions',
    tag: 'auth',
    summary: 'List ways to sign in',
    access: { kind: 'public' },
    throttle: 'anonymous',
    responses: { 200: { description: 'Ways to sign in besides e-mail and password', schema: AuthOptions } },
    handle: async ({ ctx }) => ok({ demo: ctx.config.demo !== null } satisfies AuthOptions),
  }),
  defineRoute({
    method: 'post',
    path: `${BASE}/sign-in/demo`,
    operationId: 'signInDemo',
    records: 'session.created',
    tag: 'auth',
    summary: 'Sign in as the demo person',
    description: 'Works only if `options` offers it, as in development.',
    access: { kind: 'public' },
    throttle: 'anonymous',
    responses: { 200: { description: 'Signed in. Browsers also get a cookie', schema: SignedIn } },
    errors: ['demo_unavailable', 'invalid_credentials', 'too_many_attempts', 'user_inactive', 'origin_not_allowed'],
    handle: async ({ ctx, request }) => signedIn(200, await signInDemo({ ctx, input: { client: clientOf(request) } })),
  }),
  defineRoute({
    method: 'post',
    path: `${BASE}/sign-out`,
    operationId: 'signOut',
    records: { oneOf: ['session.ended'], unless: 'there was no session' },
    tag: 'auth',
    summary: 'Sign out',
    description: 'Ends the session in the cookie and the one in `Authorization`. Having no session is not an error.',
    access: { kind: 'public' },
    throttle: 'anonymous',
    responses: { 204: { description: 'Signed out', schema: null } },
    errors: ['origin_not_allowed'],
    handle: async ({ ctx, request }) => ({
      status: 204,
      headers: { 'set-cookie': await signOut({ ctx, input: { headers: request.headers } }) },
    }),
  }),
  defineRoute({
    method: 'get',
    path: `${BASE}/get-session`,
    operationId: 'getSession',
    tag: 'auth',
    summary: 'Retrieve the session',
    description:
      'Includes the person’s accounts. `X-Account-Id` chooses the account to act in; the default is the one joined first.',
    access: { kind: 'person', role: 'viewer', withoutTwoFactor: true },
    throttle: 'integration',
    responses: { 200: { description: 'The session', schema: Session } },
    handle: async ({ ctx, request }) => ok(await getSession({ ctx, input: { headers: request.headers } })),
  }),
]
