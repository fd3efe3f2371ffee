import * as fc from 'fast-check'
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { accounts, auditLog, invitations, users } from '../../src/db/schema/index.ts'
import { emptySink } from '../../src/services/mail/index.ts'
import { addMember, call, inAccount, refusal, signUpPerson, type Person } from '../support/identity.ts'
import { d1 } from '../support/integration.ts'
import { LINKABLE } from '../support/linkable.ts'
import { linkIn, mailsTo, withSink } from '../support/mail.ts'
import { EMAIL, Receiver, withEmail } from '../support/notifications.ts'
import { playInternet } from '../support/plugin.ts'

const PATH = '/api/v1/members/invitations'
let owner: Person
beforeAll(playInternet)
beforeEach(async () => {
  emptySink()
  owner = await signUpPerson('Owner')
})

let guests = 0
const newAddress = () => `guest-${++guests}@example.com`
const as = (person: Person, bindings: Partial<Env> = withSink) => ({
  token: person.token,
  headers: inAccount(owner),
  bindings,
})
const invite = (email: string, { by = owner, bindings = withSink, role = 'editor' } = {}) =>
  call(`POST ${PATH}/`, { ...as(by, bindings), body: { email, role } })
const list = async (by = owner) => (await call(`GET ${PATH}/`, as(by))).body.results
const resend = (id: string, by = owner) => call(`POST ${PATH}/${id}/resend/`, as(by))
const withdraw = (id: string, by = owner) => call(`DELETE ${PATH}/${id}/`, as(by))
const accept = ({ token }: Person, invitation: string) =>
  call(`POST ${PATH}/accept/`, { token, body: { token: invitation }, bindings: withSink })
const tokenFor = (email: string) => decodeURIComponent(linkIn(mailsTo(email)[0]).split('#token=')[1] ?? '')

describe('an invitation by mail', () => {
  test('has its link in the mail alone, and joins who opens it', async () => {
    const guest = await signUpPerson('Guest')
    const { status, body } = await invite(guest.email)
    expect([status, body.mail, body.token, body.mail_error]).toEqual([201, 'sent', null, null])
    const [mail] = mailsTo(guest.email)
    expect(mail).toMatchObject({ kind: 'invitation', subject: 'IGNY8: You are invited to IGNY8' })
    expect(mail?.text).toContain('Owner invites you')
    expect(linkIn(mail)).toMatch(/^http:\/\/api\.test\/invitation#token=inv_\w{40}$/)
    expect((await accept(guest, tokenFor(guest.email))).body.role).toBe('editor')
    expect(await list()).toEqual([])
  })

  test('verifies the address of whoever accepts it; one that was shown to the inviter does not', async () => {
    const isVerified = async ({ userId }: Person) =>
      (await d1().select().from(users).where(eq(users.id, userId)))[0]?.emailVerified
    const [mailed, handed] = [await signUpPerson(), await signUpPerson()]
    await d1().update(users).set({ emailVerified: false }).where(eq(users.id, mailed.userId))
    await d1().update(users).set({ emailVerified: false }).where(eq(users.id, handed.userId))
    await invite(mailed.email)
    await accept(mailed, tokenFor(mailed.email))
    const shown = await invite(handed.email, { bindings: {} })
    expect(shown.body).toMatchObject({ mail: 'link_shown', token: expect.stringMatching(/^inv_/) })
    await accept(handed, shown.body.token)
    expect([await isVerified(mailed), await isVerified(handed)]).toEqual([true, false])
  })

  test('that the provider does not take stands, says so, hides its link, and can be sent again', async () => {
    const provider = new Receiver(EMAIL.EMAIL_API_URL)
    provider.respond = () => new Response('', { status: 503 })
    const email = newAddress()
    const { status, body } = await invite(email, { bindings: withEmail })
    expect(status).toBe(201)
    expect(body).toMatchObject({ mail: 'not_sent', token: null, mail_error: { code: 'email_unavailable' } })
    expect(await list()).toMatchObject([{ id: body.id, email, mail: 'not_sent', invited_by: 'Owner' }])
    expect((await resend(body.id)).body).toMatchObject({ id: body.id, mail: 'sent', token: null })
    expect(await list()).toMatchObject([{ id: body.id, mail: 'sent', mail_error: null }])
  })

  test('sent again has a new link for seven days, and the old one ends', async () => {
    const guest = await signUpPerson()
    const { body } = await invite(guest.email)
    const old = tokenFor(guest.email)
    await d1()
      .update(invitations)
      .set({ expiresAt: new Date(Date.now() + 60_000) })
      .where(eq(invitations.id, body.id))
    const again = await resend(body.id)
    expect(Date.parse(again.body.expires_at) - Date.now()).toBeGreaterThan(6.9 * 86_400_000)
    expect(tokenFor(guest.email)).not.toBe(old)
    expect(refusal(await accept(guest, old))).toEqual([404, 'invitation_not_found'])
    expect((await accept(guest, tokenFor(guest.email))).status).toBe(200)
    expect(refusal(await resend(body.id))).toEqual([404, 'invitation_not_found'])
  })

  test('withdrawn ends at once', async () => {
    const guest = await signUpPerson()
    const { body } = await invite(guest.email)
    expect((await withdraw(body.id)).status).toBe(204)
    expect(refusal(await accept(guest, tokenFor(guest.email)))).toEqual([404, 'invitation_not_found'])
    expect(refusal(await withdraw(body.id))).toEqual([404, 'invitation_not_found'])
    const actions = (await d1().select().from(auditLog).where(eq(auditLog.accountId, owner.accountId))).map(
      ({ action }) => action,
    )
    expect(actions).toContain('invitation.withdrawn')
  })

  test('is made by people with a verified address alone', async () => {
    await d1().update(users).set({ emailVerified: false }).where(eq(users.id, owner.userId))
    const { body } = await invite(newAddress(), { bindings: {} })
    expect(refusal(await invite(newAddress()))).toEqual([403, 'email_unverified'])
    expect(refusal(await resend(body.id))).toEqual([403, 'email_unverified'])
    expect((await withdraw(body.id)).status).toBe(204)
  })

  test('T70 carries no name of a tenant in its subject or as a link', async () => {
    const hostile = fc.array(fc.constantFrom('evil.com', 'https://', '@', '/', '\u2024', 'Click ', '。', '<a>', ' '), {
      minLength: 1,
      maxLength: 12,
    })
    const samples = fc.sample(hostile, 8).map((parts) => parts.join(''))
    for (const name of samples) {
      await d1().update(users).set({ name }).where(eq(users.id, owner.userId))
      await d1().update(accounts).set({ name }).where(eq(accounts.id, owner.accountId))
      const email = newAddress()
      await invite(email)
      const [mail] = mailsTo(email)
      expect(mail?.subject).toBe('IGNY8: You are invited to IGNY8')
      const [inviter = '', account = ''] = mail?.text.split('\n') ?? []
      expect(inviter.replace(/ invites you .*$/, '')).not.toMatch(LINKABLE)
      expect(account.replace(/^Account: /, '')).not.toMatch(LINKABLE)
      expect(mail?.html.match(/href="[^"]*"/g)?.every((href) => href.startsWith('href="http://api.test/'))).toBe(true)
    }
  })
})

describe('the open invitations', () => {
  test('are listed in pages, without those that have ended, and without their links', async () => {
    const [first, second, ended] = [newAddress(), newAddress(), newAddress()]
    for (const email of [first, second, ended]) await invite(email)
    await d1().update(invitations).set({ expiresAt: new Date() }).where(eq(invitations.email, ended))
    const page = await call(`GET ${PATH}/?limit=1`, as(owner))
    const rest = await call(`GET ${PATH}/?limit=1&cursor=${page.body.next}`, as(owner))
    expect([page, rest].flatMap(({ body }) => body.results).map(({ email }) => email)).toEqual([first, second])
    expect(rest.body.next).toBeNull()
    expect(JSON.stringify(page.body)).not.toContain('token')
  })

  test('are an admin’s to see and to end, and another account’s do not exist', async () => {
    const { body } = await invite(newAddress())
    const editor = await addMember(owner, 'editor')
    expect(refusal(await call(`GET ${PATH}/`, as(editor)))).toEqual([403, 'role_too_low'])
    expect(refusal(await withdraw(body.id, editor))).toEqual([403, 'role_too_low'])
    const stranger = await signUpPerson()
    const own = { token: stranger.token, bindings: withSink }
    expect((await call(`GET ${PATH}/`, own)).body.results).toEqual([])
    expect(refusal(await call(`DELETE ${PATH}/${body.id}/`, own))).toEqual([404, 'invitation_not_found'])
    expect(refusal(await call(`POST ${PATH}/${body.id}/resend/`, own))).toEqual([404, 'invitation_not_found'])
    expect((await list()).map(({ id }: { id: string }) => id)).toEqual([body.id])
  })

  test('of a role above one’s own are out of reach', async () => {
    const admin = await addMember(owner, 'admin')
    const { body } = await invite(newAddress(), { role: 'admin' })
    expect((await resend(body.id, admin)).status).toBe(200)
    await d1().update(invitations).set({ role: 'owner' }).where(eq(invitations.id, body.id))
    expect(refusal(await resend(body.id, admin))).toEqual([403, 'role_too_low'])
    expect(refusal(await withdraw(body.id, admin))).toEqual([403, 'role_too_low'])
  })
})
