import * as z from 'zod'
import { API_PREFIX, listOf, ListQuery, UserId } from '../contract/common.ts'
import {
  Account,
  Invitation,
  InvitationAccept,
  InvitationCreate,
  InvitationId,
  InvitationSent,
  Member,
  MemberUpdate,
} from '../contract/people.ts'
import {
  acceptInvitation,
  createInvitation,
  listInvitations,
  listMembers,
  removeMember,
  resendInvitation,
  updateMember,
  withdrawInvitation,
} from '../services/members/index.ts'
import { created, defineRoute, noContent, ok, type Route } from './define.ts'

const COLLECTION = `${API_PREFIX}/members`
const DETAIL = `${COLLECTION}/:user_id`

const InvitationParams = z.lazy(() => z.object({ invitation_id: InvitationId }))
const Params = z.lazy(() => z.object({ user_id: UserId }))
const viewers = { kind: 'person', role: 'viewer' } as const
const admins = { kind: 'person', role: 'admin' } as const
const common = { tag: 'members', throttle: 'integration' } as const

export const memberRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: COLLECTION,
    operationId: 'listMembers',
    summary: 'List the members of the account',
    access: viewers,
    query: ListQuery,
    responses: { 200: { description: 'One page', schema: listOf(Member) } },
    errors: ['invalid_cursor'],
    handle: async ({ ctx, query }) => ok(await listMembers({ ctx, input: query })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${COLLECTION}/invitations`,
    operationId: 'createInvitation',
    records: 'member.invited',
    summary: 'Invite a person',
    description:
      'The invitation is mailed. It works only for the invited e-mail address and expires after seven days. Where the server has no e-mail, this response contains the token.',
    access: admins,
    body: InvitationCreate,
    responses: { 201: { description: 'Invited', schema: InvitationSent } },
    errors: ['account_leaving', 'already_member', 'email_unverified', 'quota_exceeded'],
    handle: async ({ ctx, body }) => created(await createInvitation({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${COLLECTION}/invitations`,
    operationId: 'listInvitations',
    summary: 'List the open invitations',
    access: admins,
    query: ListQuery,
    responses: { 200: { description: 'One page', schema: listOf(Invitation) } },
    errors: ['invalid_cursor'],
    handle: async ({ ctx, query }) => ok(await listInvitations({ ctx, input: query })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${COLLECTION}/invitations/accept`,
    operationId: 'acceptInvitation',
    records: 'member.joined',
    summary: 'Accept an invitation',
    description: 'Returns the account that the person has joined.',
    access: { ...viewers, withoutAccount: true },
    body: InvitationAccept,
    responses: { 200: { description: 'Joined', schema: Account } },
    errors: ['account_leaving', 'invitation_not_found', 'already_member', 'quota_exceeded', 'account_suspended'],
    handle: async ({ ctx, body }) => ok(await acceptInvitation({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${COLLECTION}/invitations/:invitation_id/resend`,
    operationId: 'resendInvitation',
    records: 'invitation.resent',
    summary: 'Send an invitation again',
    description: 'With a new link for seven days. The old link ends.',
    access: admins,
    params: InvitationParams,
    responses: { 200: { description: 'Sent', schema: InvitationSent } },
    errors: ['account_leaving', 'invitation_not_found', 'already_member', 'email_unverified'],
    handle: async ({ ctx, params }) => ok(await resendInvitation({ ctx, input: { id: params.invitation_id } })),
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: `${COLLECTION}/invitations/:invitation_id`,
    operationId: 'withdrawInvitation',
    records: 'invitation.withdrawn',
    summary: 'Withdraw an invitation',
    description: 'Its link ends at once.',
    access: admins,
    params: InvitationParams,
    responses: { 204: { description: 'Withdrawn', schema: null } },
    errors: ['invitation_not_found'],
    handle: async ({ ctx, params }) => {
      await withdrawInvitation({ ctx, input: { id: params.invitation_id } })
      return noContent()
    },
  }),
  defineRoute({
    ...common,
    method: 'patch',
    path: DETAIL,
    operationId: 'updateMember',
    records: { oneOf: ['member.role_changed'], unless: 'the role is the same' },
    summary: 'Change the role of a member',
    description: 'You can’t change a member with a role above yours, or grant one. The last owner stays owner.',
    access: admins,
    params: Params,
    body: MemberUpdate,
    responses: { 200: { description: 'The changed member', schema: Member } },
    errors: ['member_not_found', 'last_owner', 'conflict'],
    handle: async ({ ctx, params, body }) =>
      ok(await updateMember({ ctx, input: { ...body, userId: params.user_id } })),
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: DETAIL,
    operationId: 'removeMember',
    records: 'member.removed',
    summary: 'Remove a member',
    access: admins,
    params: Params,
    responses: { 204: { description: 'Removed', schema: null } },
    errors: ['member_not_found', 'last_owner', 'conflict'],
    handle: async ({ ctx, params }) => {
      await removeMember({ ctx, input: { userId: params.user_id } })
      return noContent()
    },
  }),
]
