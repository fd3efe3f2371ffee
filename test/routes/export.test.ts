import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditLog, passkeys, sessions, syncEvents, userCredentials } from '../../src/db/schema/index.ts'
import { exportAccount } from '../../src/services/export/account.ts'
import {
  addMember,
  createTestContext,
  createTestSite,
  inAccount,
  refusal,
  signUpPerson,
  type Person,
} from '../support/identity.ts'
import { connectSiteWithStructure, d1 } from '../support/integration.ts'
import { addDelivery } from '../support/notifications.ts'
import { call } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

const PASSWORD = 'correct horse battery'
type Line = Record<string, unknown>

let owner: Person
beforeAll(playInternet)
beforeEach(async () => {
  owner = await signUpPerson('Owner')
})

const exportOf = (person: Person, account = person) =>
  call('POST /api/v1/account/export/', { token: person.token, headers: inAccount(account) })
const addItem = (siteId: string, title: string, body = '') =>
  call(`POST /api/v1/sites/${siteId}/content/`, { token: owner.token, body: { title, body } })
const ofKind = (lines: Line[], kind: string) => lines.filter((line) => line['kind'] === kind)

describe('the export of an account', () => {
  test('has everything, line by line, and no secret, and is recorded', async () => {
    const site = await connectSiteWithStructure(owner)
    await addItem(site.siteId, 'A title', 'The marker text')
    const { token } = owner
    await call('POST /api/v1/members/invitations/', { token, body: { email: 'guest@example.com', role: 'viewer' } })
    const endpoint = await call('POST /api/v1/notifications/endpoints/', {
      token,
      body: { url: 'https://hooks.example.com/igny8' },
    })
    const { status, body: lines, headers } = await exportOf(owner)
    expect(status).toBe(200)
    expect(headers.get('content-disposition')).toContain('attachment')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(lines[0]).toMatchObject({ kind: 'account', sites: 1, account: { id: owner.accountId } })
    expect(lines.at(-1)).toEqual({ kind: 'end', complete: true, failures: [] })
    const kinds = new Set(lines.map(({ kind }: Line) => kind))
    for (const kind of ['member', 'invitation', 'site', 'integration', 'api_key', 'item', 'sync_event', 'endpoint'])
      expect(kinds).toContain(kind)
    expect(ofKind(lines, 'item')).toEqual([expect.objectContaining({ title: 'A title', body: 'The marker text' })])
    expect(ofKind(lines, 'audit').map(({ action }) => action)).toContain('account.exported')
    const [credential] = await d1().select().from(userCredentials).where(eq(userCredentials.userId, owner.userId))
    const text = JSON.stringify(lines)
    for (const secret of [site.key, site.wordpress.signingSecret, endpoint.body.secret, credential?.password, token]) {
      expect(secret).toBeTruthy()
      expect(text).not.toContain(secret)
    }
    const records = await d1().select().from(auditLog).where(eq(auditLog.accountId, owner.accountId))
    expect(records.some(({ action, actor }) => action === 'account.exported' && actor.includes(owner.userId))).toBe(
      true,
    )
  })

  test('has all pages of rows and of items, each once', async () => {
    const siteId = await createTestSite(owner)
    const titles = ['One', 'Two', 'Three', 'Four']
    for (const title of titles) await addItem(siteId, title, 'x'.repeat(600_000))
    const event = { accountId: owner.accountId, siteId, integrationId: 'int_x', action: 'sync', success: true }
    for (let page = 0; page < 50; page++) {
      const rows = Array.from({ length: 9 }, (_, index) => ({
        ...event,
        id: `evt_${String(page * 9 + index).padStart(4, '0')}${owner.userId}`,
        itemIds: [],
        counts: {},
        startedAt: new Date(),
        finishedAt: new Date(),
      }))
      await d1().insert(syncEvents).values(rows.slice(0, 5))
      await d1().insert(syncEvents).values(rows.slice(5))
    }
    const { body: lines } = await exportOf(owner)
    expect(ofKind(lines, 'item').map(({ title }) => title)).toEqual(titles)
    const ids = ofKind(lines, 'sync_event').map(({ id }) => id)
    expect([ids.length, new Set(ids).size]).toEqual([450, 450])
  })

  test('names a site whose object does not answer, and goes on', async () => {
    const [broken, whole] = [await createTestSite(owner), await createTestSite(owner)]
    await addItem(whole, 'Whole')
    const ctx = createTestContext(
      { kind: 'user', userId: owner.userId, accountId: owner.accountId, role: 'owner' },
      {
        site: (siteId) => {
          if (siteId === broken) throw new Error('no answer')
          return env.SITE_SYNC.getByName(siteId)
        },
      },
    )
    let text = ''
    for await (const part of await exportAccount({ ctx })) text += part
    const lines = text
      .trim()
      .split('\n')
      .map((line): Line => JSON.parse(line))
    expect(ofKind(lines, 'failure')).toEqual([expect.objectContaining({ site_id: broken })])
    expect(ofKind(lines, 'item')).toEqual([expect.objectContaining({ title: 'Whole' })])
    expect(lines.at(-1)).toEqual({ kind: 'end', complete: false, failures: [{ site_id: broken, after: 0 }] })
  })

  test('has nothing of another account, and is for owners alone', async () => {
    const site = await connectSiteWithStructure()
    const stranger = site.owner
    const { token } = stranger
    await call('POST /api/v1/members/invitations/', { token, body: { email: 'theirs@example.com', role: 'viewer' } })
    const endpoint = await call('POST /api/v1/notifications/endpoints/', {
      token,
      body: { url: 'https://hooks.example.com/theirs' },
    })
    const delivery = await addDelivery(stranger, endpoint.body.id)
    const { body } = await exportOf(owner)
    const theirs = [stranger.accountId, stranger.userId, stranger.email, site.siteId, site.integrationId, site.keyId]
    for (const text of [...theirs, 'theirs@example.com', endpoint.body.id, delivery])
      expect(JSON.stringify(body)).not.toContain(text)
    const all = JSON.stringify((await exportOf(stranger)).body)
    for (const text of [...theirs, 'theirs@example.com', endpoint.body.id, delivery]) expect(all).toContain(text)
    const admin = await addMember(owner, 'admin')
    expect(refusal(await exportOf(admin, owner))).toEqual([403, 'role_too_low'])
    expect(refusal(await exportOf(stranger, owner))).toEqual([403, 'no_account'])
  })

  test('needs a recent sign-in', async () => {
    const before = new Date(Date.now() - 16 * 60_000)
    await d1().update(sessions).set({ createdAt: before }).where(eq(sessions.userId, owner.userId))
    expect(refusal(await exportOf(owner))).toEqual([403, 'recent_sign_in_required'])
    await call('POST /api/v1/me/confirm/', { token: owner.token, body: { password: PASSWORD } })
    expect((await exportOf(owner)).status).toBe(200)
  })
})

test('the export of a person has what is kept about them, without secrets', async () => {
  const member = await addMember(owner, 'editor')
  const passkey = {
    userId: member.userId,
    counter: 0,
    deviceType: 'singleDevice',
    backedUp: false,
    createdAt: new Date(),
  }
  await d1()
    .insert(passkeys)
    .values({ id: 'psk_export', name: 'My key', credentialID: 'credential', publicKey: 'public-key', ...passkey })
  const { status, body } = await call('POST /api/v1/me/export/', { token: member.token })
  expect(status).toBe(200)
  expect(body.person).toMatchObject({ id: member.userId, email: member.email })
  expect(body.accounts.map(({ account_id: id }: Line) => id).toSorted()).toEqual(
    [member.accountId, owner.accountId].toSorted(),
  )
  expect(body.sessions).toHaveLength(1)
  expect(body.passkeys).toEqual([{ name: 'My key', created_at: expect.any(String) }])
  expect(body.sign_in).toEqual([expect.objectContaining({ kind: 'credential' })])
  const [credential] = await d1().select().from(userCredentials).where(eq(userCredentials.userId, member.userId))
  expect(JSON.stringify(body)).not.toContain(credential?.password)
  expect(JSON.stringify(body)).not.toContain(member.token.split('.')[0])
})
