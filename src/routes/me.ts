import * as z from 'zod'
import { listOf, SessionId } from '../contract/common.ts'
import {
  Confirmed,
  EmailChange,
  PasswordChange,
  PasswordConfirmation,
  Profile,
  ProfileUpdate,
  SessionInfo,
} from '../contract/me.ts'
import * as people from '../services/people/index.ts'
import { signedIn } from './auth.ts'
import { clientOf } from './client.ts'
import { defineRoute, NEEDS_RECENT, noContent, ok, type Route } from './define.ts'
import { BASE, common, done, replaced, sensitive } from './me-common.ts'
import { factorRoutes } from './me-factors.ts'

const SessionParams = z.lazy(() => z.object({ session_id: SessionId }))

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
    records: 'person.renamed',
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
    records: { nothing: 'the person is who they were' },
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
    records: 'person.password_changed',
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
    records: { nothing: 'mails the person' },
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
    records: 'person.email_change_requested',
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
    records: 'person.email_change_cancelled',
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
    records: { oneOf: ['session.ended'], unless: 'there is no other' },
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
    records: 'session.ended',
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

export const meRoutes: Route[] = [...profileRoutes, ...emailRoutes, ...sessionRoutes, ...factorRoutes]
