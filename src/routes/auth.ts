import { API_PREFIX } from '../contract/common.ts'
import { AuthOptions, Session, SignedIn, SignIn, SignUp } from '../contract/people.ts'
import { getSession, signIn, signInDemo, type SignInResult, signOut, signUp } from '../services/people/index.ts'
import { defineRoute, ok, type Reply, type Route } from './define.ts'

const BASE = `${API_PREFIX}/auth`

const signedIn = (status: number, { token, user, cookies }: SignInResult): Reply => ({
  status,
  body: { token, user },
  headers: { 'set-cookie': cookies },
})

export const authRoutes: Route[] = [
  defineRoute({
    method: 'post',
    path: `${BASE}/sign-up/email`,
    operationId: 'signUp',
    tag: 'auth',
    summary: 'Sign up',
    description: 'Creates a person, and an account that they own.',
    access: { kind: 'public' },
    throttle: 'anonymous',
    body: SignUp,
    responses: { 201: { description: 'Signed up and signed in. Browsers also get a cookie', schema: SignedIn } },
    errors: ['email_taken', 'origin_not_allowed'],
    handle: async ({ ctx, body, request }) =>
      signedIn(201, await signUp({ ctx, input: { ...body, headers: request.headers } })),
  }),
  defineRoute({
    method: 'post',
    path: `${BASE}/sign-in/email`,
    operationId: 'signIn',
    tag: 'auth',
    summary: 'Sign in',
    access: { kind: 'public' },
    throttle: 'anonymous',
    body: SignIn,
    responses: { 200: { description: 'Signed in. Browsers also get a cookie', schema: SignedIn } },
    errors: ['invalid_credentials', 'too_many_attempts', 'user_inactive', 'origin_not_allowed'],
    handle: async ({ ctx, body, request }) =>
      signedIn(200, await signIn({ ctx, input: { ...body, headers: request.headers } })),
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
    tag: 'auth',
    summary: 'Sign in as the demo person',
    description: 'Works only if `options` offers it, as in development.',
    access: { kind: 'public' },
    throttle: 'anonymous',
    responses: { 200: { description: 'Signed in. Browsers also get a cookie', schema: SignedIn } },
    errors: ['demo_unavailable', 'invalid_credentials', 'too_many_attempts', 'user_inactive', 'origin_not_allowed'],
    handle: async ({ ctx, request }) => signedIn(200, await signInDemo({ ctx, input: { headers: request.headers } })),
  }),
  defineRoute({
    method: 'post',
    path: `${BASE}/sign-out`,
    operationId: 'signOut',
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
    access: { kind: 'person', role: 'viewer' },
    throttle: 'integration',
    responses: { 200: { description: 'The session', schema: Session } },
    handle: async ({ ctx, request }) => ok(await getSession({ ctx, input: { headers: request.headers } })),
  }),
]
