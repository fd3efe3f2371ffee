import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { InvitationSent, Member, Role } from '../../src/api/types.ts'
import { type Answers, fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSession } from '../support/samples.ts'

const MEMBERS = 'GET /api/v1/members'
const INVITATIONS = '/api/v1/members/invitations'
const BOB = '/api/v1/members/usr_2'
const member = (id: number, name: string, role: Role): Member => ({
  user_id: `usr_${id}`,
  name,
  email: `${name.toLowerCase()}@example.com`,
  role,
  created_at: '2026-11-21T10:00:00.000Z',
})
const ada = (role: Role) => member(1, 'Ada', role)
const app = (role: Role, people: Member[], more: Answers = {}) =>
  fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession(role) },
    [MEMBERS]: { body: { results: people, next: null } },
    [`GET ${INVITATIONS}`]: { body: { results: [], next: null } },
    ...more,
  })
const row = async (name: string) => within(await screen.findByRole('row', { name: new RegExp(name) }))

test('an owner changes a role, which is then read again', async () => {
  const api = app('owner', [ada('owner'), member(2, 'Bob', 'editor')], {
    [`PATCH ${BOB}`]: { body: member(2, 'Bob', 'admin') },
  })
  renderAt('/members')
  const bob = await row('Bob')
  api.answer({ [MEMBERS]: { body: { results: [ada('owner'), member(2, 'Bob', 'admin')], next: null } } })
  await userEvent.selectOptions(bob.getByRole('combobox', { name: 'Role of Bob' }), 'Admin')
  expect(await screen.findByText('Bob is now Admin.')).toBeVisible()
  expect(api.callsOf(`PATCH ${BOB}`)[0]?.body).toEqual({ role: 'admin' })
  await waitFor(() => expect(bob.getByRole('combobox')).toHaveValue('admin'))
})

test('a refused role change is reset, with the reason', async () => {
  app('owner', [ada('owner'), member(2, 'Bob', 'owner')], {
    [`PATCH ${BOB}`]: problem(409, 'last_owner', 'Only one left.'),
  })
  renderAt('/members')
  const bob = await row('Bob')
  await userEvent.selectOptions(bob.getByRole('combobox', { name: 'Role of Bob' }), 'Viewer')
  expect(await screen.findByText('Only one left.')).toBeVisible()
  expect(bob.getByRole('combobox')).toHaveValue('owner')
})

test('forbidden changes are not offered: one’s own role, a higher role, the last owner', async () => {
  app('admin', [ada('admin'), member(2, 'Bob', 'owner'), member(3, 'Cleo', 'viewer')])
  const { unmount } = renderAt('/members')
  expect((await row('Ada')).getByText(/Another admin or owner can change your role/)).toBeVisible()
  const bob = await row('Bob')
  expect(bob.getByText('Only owners can change owners.')).toBeVisible()
  expect(bob.queryByRole('button')).not.toBeInTheDocument()
  const roles = within((await row('Cleo')).getByRole('combobox')).getAllByRole('option')
  expect(roles.map(({ textContent }) => textContent)).toEqual(['Viewer', 'Editor', 'Admin'])
  unmount()
  app('owner', [ada('owner'), member(3, 'Cleo', 'viewer')])
  renderAt('/members')
  expect((await row('Ada')).getByText(/An account needs an owner/)).toBeVisible()
})

test('removing asks first', async () => {
  const api = app('owner', [ada('owner'), member(2, 'Bob', 'editor')], { [`DELETE ${BOB}`]: { status: 204 } })
  renderAt('/members')
  await userEvent.click((await row('Bob')).getByRole('button', { name: 'Remove' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Remove Bob?' }))
  expect(api.callsOf(`DELETE ${BOB}`)).toHaveLength(0)
  await userEvent.click(dialog.getByRole('button', { name: 'Remove' }))
  expect(await screen.findByText('Bob was removed.')).toBeVisible()
})

const invitation = (more: Partial<InvitationSent> = {}): InvitationSent => ({
  id: 'inv_1',
  email: 'new@example.com',
  role: 'admin',
  invited_by: 'Ada',
  mail: 'sent',
  mail_error: null,
  token: null,
  created_at: '2026-11-21T10:00:00.000Z',
  expires_at: '2026-11-28T10:00:00.000Z',
  ...more,
})

async function inviteNew() {
  const form = within(await screen.findByRole('form', { name: 'Invite somebody' }))
  await userEvent.type(form.getByLabelText('E-mail'), 'new@example.com')
  await userEvent.selectOptions(form.getByLabelText('Role'), 'Admin')
  await userEvent.click(form.getByRole('button', { name: 'Invite' }))
}

test('an invitation is mailed; its link is not shown', async () => {
  const api = app('owner', [ada('owner')], { [`POST ${INVITATIONS}`]: { status: 201, body: invitation() } })
  renderAt('/members')
  const form = within(await screen.findByRole('form', { name: 'Invite somebody' }))
  await userEvent.click(form.getByRole('button', { name: 'Invite' }))
  expect(form.getByLabelText('E-mail')).toHaveAccessibleDescription(/Enter an e-mail address/)
  await inviteNew()
  expect(await screen.findByText(/^The invitation was sent to new@example.com\. It expires/)).toBeVisible()
  expect(api.callsOf(`POST ${INVITATIONS}`)[0]?.body).toEqual({ email: 'new@example.com', role: 'admin' })
  expect(screen.queryByLabelText('Invitation link')).not.toBeInTheDocument()
})

test('without e-mail an invitation is a link with the token in its fragment', async () => {
  const body = invitation({ mail: 'link_shown', token: 'inv_abc' })
  app('owner', [ada('owner')], { [`POST ${INVITATIONS}`]: { status: 201, body } })
  renderAt('/members')
  await inviteNew()
  expect(await screen.findByLabelText('Invitation link')).toHaveValue(
    `${window.location.origin}/invitation#token=inv_abc`,
  )
  await userEvent.click(screen.getByRole('button', { name: 'Invite somebody else' }))
  expect(screen.queryByLabelText('Invitation link')).not.toBeInTheDocument()
})

test('an invitation whose mail was not sent says why, and what to do', async () => {
  const error = { code: 'email_limited', title: 'The address has had too many e-mails', detail: '', fix: 'Wait a day.' }
  const body = invitation({ mail: 'not_sent', mail_error: error as InvitationSent['mail_error'] })
  app('owner', [ada('owner')], { [`POST ${INVITATIONS}`]: { status: 201, body } })
  renderAt('/members')
  await inviteNew()
  expect(await screen.findByText(/stands, but its e-mail was not sent/)).toBeVisible()
  expect(screen.getByText(/The address has had too many e-mails/)).toBeVisible()
})

test('open invitations are sent again, and withdrawn after a question', async () => {
  const open = { body: { results: [invitation({ mail: 'not_sent' })], next: null } }
  const api = app('admin', [ada('admin')], {
    [`GET ${INVITATIONS}`]: open,
    [`POST ${INVITATIONS}/inv_1/resend`]: { body: invitation() },
    [`DELETE ${INVITATIONS}/inv_1`]: { status: 204 },
  })
  renderAt('/members')
  const line = await row('new@example.com')
  expect(line.getByText('by Ada')).toBeVisible()
  expect(line.getByText('Not sent')).toBeVisible()
  await userEvent.click(line.getByRole('button', { name: 'Send again' }))
  expect(await screen.findByText('The invitation was sent to new@example.com again.')).toBeVisible()
  await userEvent.click(line.getByRole('button', { name: 'Withdraw' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Withdraw the invitation to new@example.com?' }))
  expect(api.callsOf(`DELETE ${INVITATIONS}/inv_1`)).toHaveLength(0)
  api.answer({ [`GET ${INVITATIONS}`]: { body: { results: [], next: null } } })
  await userEvent.click(dialog.getByRole('button', { name: 'Withdraw' }))
  await waitFor(() => expect(screen.queryByRole('row', { name: /new@example.com/ })).not.toBeInTheDocument())
})

test('inviting a member shows that they are already a member', async () => {
  app('owner', [ada('owner')], { [`POST ${INVITATIONS}`]: problem(409, 'already_member', 'They are in.') })
  renderAt('/members')
  await userEvent.type(await screen.findByLabelText('E-mail'), 'ada@example.com')
  await userEvent.click(screen.getByRole('button', { name: 'Invite' }))
  expect(await screen.findByText('They are in.')).toBeVisible()
})

test('a viewer sees members and roles, but no actions', async () => {
  app('viewer', [ada('viewer'), member(2, 'Bob', 'editor')])
  renderAt('/members')
  expect((await row('Bob')).getByText('Works with content and connections')).toBeVisible()
  expect(screen.getByText(/Only admins and owners can invite people/)).toBeVisible()
  expect(screen.queryByRole('combobox')).not.toBeInTheDocument()
  expect(screen.queryByRole('button', { name: /Remove|invitation/ })).not.toBeInTheDocument()
})
