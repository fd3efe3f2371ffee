import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditLog, deletions, memberships, sessions, sites } from '../../src/db/schema/index.ts'
import { deleteAccount, deletePerson, deletionOf, playAfter } from '../support/deletions.ts'
import { addMember, createTestSite, inAccount, refusal, signUpPerson, type Person } from '../support/identity.ts'
import { connectSiteWithStructure, d1, readIntegration } from '../support/integration.ts'
import { beforeTheWrite } from '../support/meanwhile.ts'
import { call } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

const PASSWORD = 'correct horse battery'
const DAY_MS = 86_400_000

let owner: Person
beforeAll(playInternet)
beforeEach(async () => {
  await d1().delete(deletions)
  owner = await signUpPerson('Owner')
})

const list = async (person: Person, account = person) =>
  (await call('GET /api/v1/deletions/', { token: person.token, headers: inAccount(account) })).body
const keepAccount = (person: Person, account = person) =>
  call('DELETE /api/v1/account/deletion/', { token: person.token, headers: inAccount(account) })
const stay = ({ token }: Person) => call('DELETE /api/v1/me/deletion/', { token })
const ageSession = ({ userId }: Person) =>
  d1()
    .update(sessions)
    .set({ createdAt: new Date(Date.now() - 16 * 60_000) })
    .where(eq(sessions.userId, userId))
const confirm = ({ token }: Person) => call('POST /api/v1/me/confirm/', { token, body: { password: PASSWORD } })
const actionsOf = async ({ accountId }: Person) =>
  (await d1().select().from(auditLog).where(eq(auditLog.accountId, accountId)).orderBy(auditLog.seq)).map(
    ({ action }) => action,
  )

describe('the deletion of an account', () => {
  test('is scheduled in 30 days, shown to every member, recorded, and can be cancelled until then', async () => {
    const viewer = await addMember(owner, 'viewer')
    const { status, body } = await deleteAccount(owner)
    expect(status).toBe(200)
    expect(body).toMatchObject({ kind: 'account', subject_id: owner.accountId, requested_by: owner.userId })
    expect(Date.parse(body.due_at) - Date.parse(body.requested_at)).toBe(30 * DAY_MS)
    expect(await list(viewer, owner)).toEqual({ account: body, person: null })
    expect(await list(viewer)).toEqual({ account: null, person: null })
    expect((await keepAccount(owner)).status).toBe(204)
    expect(await list(viewer, owner)).toEqual({ account: null, person: null })
    await playAfter(0)
    expect(await deletionOf(owner.accountId)).toBeUndefined()
    expect((await actionsOf(owner)).slice(1)).toEqual(['account.deletion_scheduled', 'account.deletion_cancelled'])
  })

  test('asked for twice, has its first date and one record', async () => {
    const first = await deleteAccount(owner)
    const second = await deleteAccount(owner)
    expect(second.body).toEqual(first.body)
    expect((await actionsOf(owner)).slice(1)).toEqual(['account.deletion_scheduled'])
  })

  test('needs the account’s name, and a recent sign-in', async () => {
    const wrongName = await deleteAccount(owner, { name: 'Another' })
    expect(wrongName.status).toBe(400)
    expect(wrongName.body.errors).toEqual([expect.objectContaining({ path: 'body.name', code: 'name_differs' })])
    await ageSession(owner)
    expect(refusal(await deleteAccount(owner))).toEqual([403, 'recent_sign_in_required'])
    expect(await deletionOf(owner.accountId)).toBeUndefined()
    await confirm(owner)
    expect((await deleteAccount(owner)).status).toBe(200)
  })

  test('is for owners alone', async () => {
    for (const role of ['viewer', 'editor', 'admin'] as const) {
      const member = await addMember(owner, role)
      const options = { token: member.token, headers: inAccount(owner) }
      const asked = await call('POST /api/v1/account/deletion/', { ...options, body: { name: 'x' } })
      expect(refusal(asked)).toEqual([403, 'role_too_low'])
      expect(refusal(await keepAccount(member, owner))).toEqual([403, 'role_too_low'])
    }
  })

  test('that is not scheduled can’t be cancelled, nor one that has begun', async () => {
    expect(refusal(await keepAccount(owner))).toEqual([404, 'deletion_not_found'])
    await deleteAccount(owner)
    await d1().update(deletions).set({ phase: 'erasing' }).where(eq(deletions.subjectId, owner.accountId))
    expect(refusal(await keepAccount(owner))).toEqual([409, 'deletion_running'])
    expect((await list(owner)).account.can_cancel).toBe(false)
  })

  test('switches its sites off within a minute, and on again if cancelled, but not those that were off', async () => {
    const site = await connectSiteWithStructure(owner)
    const off = await createTestSite(owner)
    await call(`PATCH /api/v1/sites/${off}/`, { token: owner.token, body: { is_active: false } })
    await deleteAccount(owner)
    await playAfter(0)
    expect(refusal(await call(`GET ${site.path}/`, { token: site.key }))).toEqual([403, 'site_inactive'])
    expect(await readIntegration(site.integrationId)).toMatchObject({ connection: 'disabled' })
    expect((await deletionOf(owner.accountId))?.phase).toBe('waiting')
    await keepAccount(owner)
    await playAfter(0)
    expect((await call(`GET ${site.path}/`, { token: site.key })).status).toBe(200)
    const states = await d1().select().from(sites).where(eq(sites.accountId, owner.accountId))
    expect(states.map(({ id, isActive, pause }) => [id, isActive, pause])).toEqual([
      [site.siteId, true, null],
      [off, false, null],
    ])
  })

  test('keeps sites from being added or switched on', async () => {
    const siteId = await createTestSite(owner)
    await deleteAccount(owner)
    const { token } = owner
    const added = await call('POST /api/v1/sites/', { token, body: { name: 'New', url: 'https://new.example.com' } })
    expect(refusal(added)).toEqual([409, 'account_leaving'])
    const switched = await call(`PATCH /api/v1/sites/${siteId}/`, { token, body: { is_active: true } })
    expect(refusal(switched)).toEqual([409, 'account_leaving'])
    expect((await call('GET /api/v1/sites/', { token })).body.results).toHaveLength(1)
  })

  test('keeps people from being invited and from joining', async () => {
    const { token } = owner
    const guest = await signUpPerson('Guest')
    const invite = (email: string) =>
      call('POST /api/v1/members/invitations/', { token, body: { email, role: 'viewer' } })
    const { body: invitation } = await invite(guest.email)
    const accept = () =>
      call('POST /api/v1/members/invitations/accept/', { token: guest.token, body: { token: invitation.token } })
    await deleteAccount(owner)
    expect(refusal(await invite('another@example.com'))).toEqual([409, 'account_leaving'])
    const again = await call(`POST /api/v1/members/invitations/${invitation.id}/resend/`, { token })
    expect(refusal(again)).toEqual([409, 'account_leaving'])
    expect(refusal(await accept())).toEqual([409, 'account_leaving'])
    await keepAccount(owner)
    expect((await accept()).status).toBeLessThan(300)
  })

  test('asked for while somebody joins, invites or adds a site keeps them from it', async () => {
    const { token } = owner
    const guest = await signUpPerson('Guest')
    const { body: invitation } = await call('POST /api/v1/members/invitations/', {
      token,
      body: { email: guest.email, role: 'viewer' },
    })
    const writes = [
      ['POST /api/v1/sites/', { name: 'New', url: 'https://new.example.com' }, token],
      ['POST /api/v1/members/invitations/', { email: 'another@example.com', role: 'viewer' }, token],
      ['POST /api/v1/members/invitations/accept/', { token: invitation.token }, guest.token],
    ] as const
    for (const [request, body, by] of writes) {
      await d1().delete(deletions)
      const answer = await call(request, { token: by, body, bindings: beforeTheWrite(() => deleteAccount(owner)) })
      expect([request, ...refusal(answer)]).toEqual([request, 409, 'account_leaving'])
    }
    const rows = await d1().select().from(memberships).where(eq(memberships.accountId, owner.accountId))
    expect(rows.map(({ userId }) => userId)).toEqual([owner.userId])
    expect(await actionsOf(owner)).not.toContain('site.created')
  })

  test('asked for again after it was cancelled, starts a new wait', async () => {
    await deleteAccount(owner)
    await keepAccount(owner)
    expect((await deleteAccount(owner)).status).toBe(200)
    expect((await deletionOf(owner.accountId))?.phase).toBe('pausing')
  })
})

describe('the deletion of a person', () => {
  test('is scheduled and cancelled by themselves, and changes nothing until then', async () => {
    const member = await addMember(owner, 'editor')
    await d1().delete(deletions)
    const other = await signUpPerson('Other owner')
    await env.DB.prepare("INSERT INTO memberships VALUES (?, ?, 'owner', NULL, 0, NULL)")
      .bind(member.accountId, other.userId)
      .run()
    const { status, body } = await deletePerson(member)
    expect(status).toBe(200)
    expect(body).toMatchObject({ kind: 'person', subject_id: member.userId, can_cancel: true })
    expect((await list(member, owner)).person).toEqual(body)
    expect((await call('GET /api/v1/auth/get-session', { token: member.token })).status).toBe(200)
    expect((await stay(member)).status).toBe(204)
    expect(refusal(await stay(member))).toEqual([404, 'deletion_not_found'])
  })

  test('is refused while an account would be left without an owner, and names it', async () => {
    const refused = await deletePerson(owner)
    expect(refusal(refused)).toEqual([409, 'sole_owner'])
    expect(refused.body.detail).toContain('Owner’s account')
    await deleteAccount(owner)
    expect((await deletePerson(owner)).status).toBe(200)
    // the account would have nobody
    expect(refusal(await keepAccount(owner))).toEqual([409, 'sole_owner'])
    await stay(owner)
    expect((await keepAccount(owner)).status).toBe(204)
  })

  test('is granted to one of two owners who ask at once', async () => {
    const second = await signUpPerson('Second')
    await env.DB.prepare('DELETE FROM memberships WHERE user_id = ?').bind(second.userId).run()
    await env.DB.prepare("INSERT INTO memberships VALUES (?, ?, 'owner', NULL, 1, NULL)")
      .bind(owner.accountId, second.userId)
      .run()
    const answers = await Promise.all([deletePerson(owner), deletePerson(second)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  test('leaves the other owner unable to leave', async () => {
    const second = await addMember(owner, 'owner')
    await env.DB.prepare("UPDATE memberships SET role = 'viewer' WHERE account_id = ?").bind(second.accountId).run()
    expect((await deletePerson(second)).status).toBe(200)
    const left = await call(`DELETE /api/v1/members/${owner.userId}/`, { token: owner.token })
    expect(refusal(left)).toEqual([409, 'last_owner'])
    const demoted = await call(`PATCH /api/v1/members/${owner.userId}/`, {
      token: owner.token,
      body: { role: 'admin' },
    })
    expect(refusal(demoted)).toEqual([409, 'last_owner'])
  })

  test('needs their own e-mail address, and a recent sign-in', async () => {
    const wrong = await deletePerson(owner, { email: 'another@example.com' })
    expect(wrong.body.errors).toEqual([expect.objectContaining({ path: 'body.email', code: 'email_differs' })])
    await ageSession(owner)
    expect(refusal(await deletePerson(owner))).toEqual([403, 'recent_sign_in_required'])
    await confirm(owner)
    const right = await deletePerson(owner, { email: owner.email.toUpperCase() })
    expect(refusal(right)).toEqual([409, 'sole_owner'])
  })
})
