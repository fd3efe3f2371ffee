import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { db } from '../../src/db/client.ts'
import { invitations } from '../../src/db/schema/index.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import {
  addMember,
  call,
  createTestKey,
  createTestSite,
  inAccount,
  refusal,
  signUpPerson,
  withoutRequestId,
  type Person,
} from '../support/identity.ts'

const INVITE = 'POST /api/v1/members/invitations/'
const ACCEPT = 'POST /api/v1/members/invitations/accept/'
const d1 = () => db(env, null).db

let owner: Person
beforeEach(async () => {
  owner = await signUpPerson('Owner')
})

const as = (person: Person) => ({ token: person.token, headers: inAccount(owner) })
const invite = (by: Person, email: string, role: string) => call(INVITE, { ...as(by), body: { email, role } })
const accept = ({ token }: Person, invitation: string) => call(ACCEPT, { token, body: { token: invitation } })
const setRole = (by: Person, { userId }: Person, role: string) =>
  call(`PATCH /api/v1/members/${userId}/`, { ...as(by), body: { role } })
const remove = (by: Person, { userId }: Person) => call(`DELETE /api/v1/members/${userId}/`, as(by))

async function rolesOf(account: Person): Promise<Record<string, string>> {
  const { body } = await call('GET /api/v1/members/', { token: account.token })
  return Object.fromEntries(
    body.results.map((member: { user_id: string; role: string }) => [member.user_id, member.role]),
  )
}

describe('the members of an account', () => {
  test('are listed for each of them, in pages', async () => {
    const viewer = await addMember(owner, 'viewer')
    await addMember(owner, 'admin')
    const first = await call('GET /api/v1/members/?limit=2', as(viewer))
    expect(first.body.results[0]).toMatchObject({ user_id: owner.userId, email: owner.email, role: 'owner' })
    const second = await call(`GET /api/v1/members/?limit=2&cursor=${first.body.next}`, as(viewer))
    expect(second.body.results.map(({ role }: { role: string }) => role)).toEqual(['admin'])
    expect(second.body.next).toBeNull()
  })

  test('are no business of an API key', async () => {
    const { key } = await createTestKey(owner, await createTestSite(owner))
    expect(refusal(await call('GET /api/v1/members/', { token: key }))).toEqual([403, 'person_required'])
    expect(refusal(await call(ACCEPT, { token: key, body: { token: 'x' } }))).toEqual([403, 'person_required'])
  })

  test('T38 another account’s are answered as if they did not exist', async () => {
    const foreign = await signUpPerson()
    const unknown = { ...foreign, userId: 'usr_00000000000000000000000000000000' }
    for (const attempt of [
      (person: Person) => setRole(owner, person, 'viewer'),
      (person: Person) => remove(owner, person),
    ]) {
      const [theirs, nobodys] = [await attempt(foreign), await attempt(unknown)]
      expect(refusal(theirs)).toEqual([404, 'member_not_found'])
      expect(withoutRequestId(theirs)).toEqual(withoutRequestId(nobodys))
    }
  })
})

describe('an invitation', () => {
  test('makes the person with that address a member, once', async () => {
    const guest = await signUpPerson('Guest')
    const { status, body } = await invite(owner, guest.email.toUpperCase(), 'editor')
    expect(status).toBe(201)
    expect(body).toMatchObject({ email: guest.email, role: 'editor' })
    const joined = await accept(guest, body.token)
    expect(joined.status).toBe(200)
    expect(joined.body).toEqual({ id: owner.accountId, name: 'Owner’s account', role: 'editor' })
    expect((await rolesOf(owner))[guest.userId]).toBe('editor')
    expect(refusal(await accept(guest, body.token))).toEqual([404, 'invitation_not_found'])
  })

  test('accepted twice at once makes one membership', async () => {
    const guest = await signUpPerson('Guest')
    const { body } = await invite(owner, guest.email, 'viewer')
    const answers = await Promise.all([accept(guest, body.token), accept(guest, body.token)])
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(Object.keys(await rolesOf(owner))).toHaveLength(2)
  })

  test('is refused for another person, if unknown, and after seven days', async () => {
    const [guest, thief] = [await signUpPerson(), await signUpPerson()]
    const { body } = await invite(owner, guest.email, 'viewer')
    const stolen = await accept(thief, body.token)
    const unknown = await accept(thief, 'inv_unknown')
    expect(refusal(stolen)).toEqual([404, 'invitation_not_found'])
    expect(withoutRequestId(stolen)).toEqual(withoutRequestId(unknown))
    const left = (Date.parse(body.expires_at) - Date.now()) / 86_400_000
    expect(left).toBeGreaterThan(6.99)
    expect(left).toBeLessThanOrEqual(7)
    await d1().update(invitations).set({ expiresAt: new Date() }).where(eq(invitations.email, guest.email))
    expect(refusal(await accept(guest, body.token))).toEqual([404, 'invitation_not_found'])
  })

  test('T41 is stored as a hash alone', async () => {
    const { body } = await invite(owner, 'someone@example.com', 'viewer')
    const [row] = await d1().select().from(invitations).where(eq(invitations.accountId, owner.accountId))
    expect(row?.tokenHash).toBe(await sha256Hex(body.token))
    expect(JSON.stringify(row)).not.toContain(body.token)
    const guest = await signUpPerson()
    expect(refusal(await accept(guest, row?.tokenHash ?? ''))).toEqual([404, 'invitation_not_found'])
  })

  test('takes the place of an earlier one of the same address', async () => {
    const guest = await signUpPerson()
    const first = await invite(owner, guest.email, 'admin')
    const second = await invite(owner, guest.email, 'viewer')
    expect(refusal(await accept(guest, first.body.token))).toEqual([404, 'invitation_not_found'])
    expect((await accept(guest, second.body.token)).body.role).toBe('viewer')
  })

  test('is not for members, and not for owners', async () => {
    const member = await addMember(owner, 'viewer')
    expect(refusal(await invite(owner, member.email, 'editor'))).toEqual([409, 'already_member'])
    expect(refusal(await invite(owner, 'new@example.com', 'owner'))).toEqual([400, 'validation_error'])
  })

  test('that finds a member changes nothing about them', async () => {
    const guest = await signUpPerson()
    const { body } = await invite(owner, guest.email, 'admin')
    const other = await invite(owner, 'other@example.com', 'viewer')
    expect(other.status).toBe(201)
    expect((await accept(guest, body.token)).status).toBe(200)
    await setRole(owner, guest, 'viewer')
    await d1()
      .insert(invitations)
      .values({
        tokenHash: await sha256Hex('again'),
        accountId: owner.accountId,
        email: guest.email,
        role: 'admin',
        expiresAt: new Date(Date.now() + 1000),
        createdAt: new Date(),
      })
    expect(refusal(await accept(guest, 'again'))).toEqual([409, 'already_member'])
    expect((await rolesOf(owner))[guest.userId]).toBe('viewer')
  })

  test('is made by admins and owners alone', async () => {
    for (const role of ['viewer', 'editor'] as const) {
      const member = await addMember(owner, role)
      expect(refusal(await invite(member, 'x@example.com', 'viewer'))).toEqual([403, 'role_too_low'])
    }
    const admin = await addMember(owner, 'admin')
    expect((await invite(admin, 'x@example.com', 'admin')).status).toBe(201)
  })
})

describe('roles', () => {
  test('change from the next request on', async () => {
    const member = await addMember(owner, 'viewer')
    const create = () => call('POST /api/v1/sites/', { ...as(member), body: { name: 'S', url: 'https://example.com' } })
    expect(refusal(await create())).toEqual([403, 'role_too_low'])
    expect((await setRole(owner, member, 'admin')).body).toMatchObject({ user_id: member.userId, role: 'admin' })
    expect((await create()).status).toBe(201)
    expect((await remove(owner, member)).status).toBe(204)
    expect(refusal(await create())).toEqual([403, 'no_account'])
  })

  test('of those above are out of reach, and so is a role above one’s own', async () => {
    const [admin, editor] = [await addMember(owner, 'admin'), await addMember(owner, 'editor')]
    expect(refusal(await setRole(admin, owner, 'viewer'))).toEqual([403, 'role_too_low'])
    expect(refusal(await remove(admin, owner))).toEqual([403, 'role_too_low'])
    expect(refusal(await setRole(admin, editor, 'owner'))).toEqual([403, 'role_too_low'])
    expect(refusal(await setRole(admin, admin, 'owner'))).toEqual([403, 'role_too_low'])
    expect(refusal(await setRole(editor, editor, 'admin'))).toEqual([403, 'role_too_low'])
    expect((await setRole(admin, editor, 'admin')).status).toBe(200)
    expect((await setRole(admin, admin, 'viewer')).status).toBe(200)
    expect(await rolesOf(owner)).toEqual({
      [owner.userId]: 'owner',
      [admin.userId]: 'viewer',
      [editor.userId]: 'admin',
    })
  })

  test('leave an account its last owner', async () => {
    expect(refusal(await setRole(owner, owner, 'admin'))).toEqual([409, 'last_owner'])
    expect(refusal(await remove(owner, owner))).toEqual([409, 'last_owner'])
    expect((await setRole(owner, owner, 'owner')).status).toBe(200)
    const second = await addMember(owner, 'admin')
    await setRole(owner, second, 'owner')
    expect((await remove(second, owner)).status).toBe(204)
    expect(refusal(await setRole(second, second, 'viewer'))).toEqual([409, 'last_owner'])
  })

  test('leave an owner even where two remove each other at once', async () => {
    for (let round = 0; round < 3; round++) {
      owner = await signUpPerson()
      const second = await addMember(owner, 'owner')
      const answers = await Promise.all([remove(owner, second), remove(second, owner)])
      const statuses = answers.map(({ status }) => status)
      expect(statuses).toContain(204)
      expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    }
  })
})
