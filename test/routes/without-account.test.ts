import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { auditLog } from '../../src/db/schema/index.ts'
import { deletePerson, playAfter, findInD1 } from '../support/deletions.ts'
import { inAccount, refusal, signUpPerson, type Person } from '../support/identity.ts'
import { d1 } from '../support/integration.ts'
import { call } from '../support/openapi.ts'

let person: Person
let left: string
/** Somebody who was removed from the only account that they were in. */
beforeEach(async () => {
  person = await signUpPerson('Removed')
  left = person.accountId
  await env.DB.prepare('DELETE FROM memberships WHERE user_id = ?').bind(person.userId).run()
})

const create = (name = 'A new start') => call('POST /api/v1/account/', { token: person.token, body: { name } })
const sites = (headers = {}) => call('GET /api/v1/sites/', { token: person.token, headers })

describe('a person without an account', () => {
  test('sees and changes themselves, and nothing else, whichever account they name', async () => {
    const { token } = person
    for (const headers of [{}, inAccount(person)]) {
      const { status, body } = await call('GET /api/v1/me/', { token, headers })
      expect([status, body.user.id]).toEqual([200, person.userId])
      expect((await call('GET /api/v1/me/sessions/', { token, headers })).status).toBe(200)
      expect((await call('GET /api/v1/deletions/', { token, headers })).body).toEqual({ account: null, person: null })
      expect(refusal(await sites(headers))).toEqual([403, 'no_account'])
      expect(refusal(await call('GET /api/v1/account/', { token, headers }))).toEqual([403, 'no_account'])
    }
    expect((await call('PATCH /api/v1/me/', { token, body: { name: 'Still here' } })).body.user.name).toBe('Still here')
    expect((await call('POST /api/v1/me/export/', { token })).body).toMatchObject({ accounts: [] })
  })

  test('signs out', async () => {
    await call('POST /api/v1/auth/sign-out', { token: person.token })
    expect(refusal(await call('GET /api/v1/me/', { token: person.token }))).toEqual([401, 'invalid_session'])
  })

  test('has themselves deleted, and nobody’s audit log tells of it', async () => {
    expect((await deletePerson(person)).status).toBe(200)
    expect((await call('GET /api/v1/deletions/', { token: person.token })).body.person.can_cancel).toBe(true)
    expect((await call('DELETE /api/v1/me/deletion/', { token: person.token })).status).toBe(204)
    await deletePerson(person)
    expect(await d1().select().from(auditLog).where(eq(auditLog.accountId, ''))).toEqual([])
    await playAfter(30, {}, 1)
    expect(await findInD1(person.email)).toEqual({})
  })

  test('accepts an invitation', async () => {
    const owner = await signUpPerson('Owner')
    const body = { email: person.email, role: 'editor' }
    const { body: invited } = await call('POST /api/v1/members/invitations/', { token: owner.token, body })
    const joined = await call('POST /api/v1/members/invitations/accept/', {
      token: person.token,
      body: { token: invited.token },
    })
    expect(joined.body).toMatchObject({ id: owner.accountId, role: 'editor' })
    expect((await sites()).status).toBe(200)
  })

  test('makes a new account, which they own and which has a log, and not the old one’s', async () => {
    const { status, body } = await create()
    expect(status).toBe(201)
    expect(body).toMatchObject({ name: 'A new start', role: 'owner' })
    expect(body.id).not.toBe(left)
    const { body: account } = await call('GET /api/v1/account/', { token: person.token })
    expect(account).toMatchObject({ id: body.id, name: 'A new start', require_two_factor: false })
    expect(Date.parse(account.created_at)).toBeGreaterThan(Date.now() - 60_000)
    const [record] = await d1().select().from(auditLog).where(eq(auditLog.accountId, body.id))
    expect(record).toMatchObject({ action: 'account.created', actor: `user:${person.userId}` })
    expect(refusal(await sites({ 'x-account-id': left }))).toEqual([403, 'no_account'])
  })

  test('makes none while they are to be deleted: nobody could delete its only owner', async () => {
    expect((await deletePerson(person)).status).toBe(200)
    expect(refusal(await create())).toEqual([409, 'person_leaving'])
    expect((await call('DELETE /api/v1/me/deletion/', { token: person.token })).status).toBe(204)
    expect((await create()).status).toBe(201)
  })

  test('makes one account alone, of however many requests', async () => {
    const answers = await Promise.all([create(), create(), create()])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409])
    expect(refusal(await create())).toEqual([409, 'has_account'])
  })
})

test('a person in an account makes no further one', async () => {
  const owner = await signUpPerson()
  const refused = await call('POST /api/v1/account/', { token: owner.token, body: { name: 'Another' } })
  expect(refusal(refused)).toEqual([409, 'has_account'])
})
