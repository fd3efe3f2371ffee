import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../src/db/client.ts'
import { apiKeys, integrations, sites } from '../../src/db/schema/index.ts'
import { createId } from '../../src/lib/ids.ts'
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
import { skipPauses } from '../support/pauses.ts'

const d1 = () => db(env, null).db
const UNKNOWN_SITE = 'site_00000000000000000000000000000000'

let owner: Person
let stranger: Person
beforeAll(async () => {
  owner = await signUpPerson('Owner')
  stranger = await signUpPerson('Stranger')
})

/** An integration that `apiKeyId` connected. */
async function insertIntegration(siteId: string, accountId: string, apiKeyId: string): Promise<string> {
  const id = createId('int')
  const now = new Date()
  const row = { id, siteId, accountId, apiKeyId, platform: 'wordpress', siteUrl: 'https://example.com' } as const
  await d1()
    .insert(integrations)
    .values({ ...row, connection: 'ready', config: {}, typeSettings: {}, createdAt: now, updatedAt: now })
  return id
}

async function readIntegration(id: string) {
  const [row] = await d1().select().from(integrations).where(eq(integrations.id, id))
  return row && { connection: row.connection, reason: row.connectionReason }
}

describe('the sites of an account', () => {
  test('are added, listed, read, changed and deleted', async () => {
    const body = { name: '  My blog ', url: 'https://Example.COM/blog/' }
    const { status, body: site } = await call('POST /api/v1/sites/', { token: owner.token, body })
    expect(status).toBe(201)
    expect(site).toMatchObject({ name: 'My blog', url: 'https://example.com/blog', is_active: true })
    expect((await call(`GET /api/v1/sites/${site.id}`, { token: owner.token })).body).toEqual(site)

    const changed = await call(`PATCH /api/v1/sites/${site.id}/`, { token: owner.token, body: { name: 'Renamed' } })
    expect(changed.body).toMatchObject({ id: site.id, name: 'Renamed', url: site.url })
    const listed = await call('GET /api/v1/sites/', { token: owner.token })
    expect(listed.body).toEqual({ results: [changed.body], next: null })

    expect((await call(`DELETE /api/v1/sites/${site.id}/`, { token: owner.token })).status).toBe(204)
    expect((await call('GET /api/v1/sites/', { token: owner.token })).body.results).toEqual([])
    expect(refusal(await call(`DELETE /api/v1/sites/${site.id}/`, { token: owner.token }))).toEqual([
      404,
      'site_not_found',
    ])
  })

  test('come in pages', async () => {
    const person = await signUpPerson()
    const ids = []
    for (let count = 0; count < 5; count++) ids.push(await createTestSite(person))
    const seen: string[] = []
    for (let cursor = ''; ;) {
      const { body } = await call(`GET /api/v1/sites/?limit=2${cursor}`, { token: person.token })
      seen.push(...body.results.map(({ id }: { id: string }) => id))
      if (body.next === null) break
      cursor = `&cursor=${body.next}`
    }
    expect(seen).toEqual(ids)
    const bad = await call('GET /api/v1/sites/?cursor=%27--', { token: person.token })
    expect(refusal(bad)).toEqual([400, 'invalid_cursor'])
  })

  test.each([
    ['https://EXAMPLE.com:443/a/b//?q=1#top', 'https://example.com/a/b'],
    ['http://bücher.example/', 'http://xn--bcher-kva.example'],
    ['http://localhost:8080/', 'http://localhost:8080'],
  ])('keep the address %s as %s', async (url, stored) => {
    const { body } = await call('POST /api/v1/sites/', { token: owner.token, body: { name: 'N', url } })
    expect(body.url).toBe(stored)
  })

  test.each(['https://user:secret@example.com', 'https://user@example.com', 'ftp://example.com', 'example.com', ''])(
    'refuse the address %j without repeating it',
    async (url) => {
      const answer = await call('POST /api/v1/sites/', { token: owner.token, body: { name: 'N', url } })
      expect(refusal(answer)).toEqual([400, 'validation_error'])
      expect(answer.body.errors[0].path).toBe('body.url')
      expect(JSON.stringify(answer.body)).not.toContain('secret')
      const id = await createTestSite(owner)
      expect((await call(`PATCH /api/v1/sites/${id}`, { token: owner.token, body: { url } })).status).toBe(400)
    },
  )

  test('want a change to change something', async () => {
    const id = await createTestSite(owner)
    expect(refusal(await call(`PATCH /api/v1/sites/${id}`, { token: owner.token, body: {} }))).toEqual([
      400,
      'validation_error',
    ])
  })
})

describe('who may do what with sites', () => {
  test('T38 a role below admin reads, and changes nothing', async () => {
    const id = await createTestSite(owner)
    for (const role of ['viewer', 'editor'] as const) {
      const { token } = await addMember(owner, role)
      const as = { token, headers: inAccount(owner) }
      expect((await call(`GET /api/v1/sites/${id}`, as)).status).toBe(200)
      const writes = [
        call('POST /api/v1/sites/', { ...as, body: { name: 'N', url: 'https://example.com' } }),
        call(`PATCH /api/v1/sites/${id}`, { ...as, body: { name: 'N' } }),
        call(`DELETE /api/v1/sites/${id}`, as),
      ]
      for (const answer of await Promise.all(writes)) expect(refusal(answer)).toEqual([403, 'role_too_low'])
    }
    const admin = await addMember(owner, 'admin')
    const as = { token: admin.token, headers: inAccount(owner) }
    expect((await call(`PATCH /api/v1/sites/${id}`, { ...as, body: { name: 'By admin' } })).status).toBe(200)
  })

  test('T38 the site of another account is answered as one that does not exist', async () => {
    const id = await createTestSite(owner)
    for (const [method, body] of [['GET'], ['PATCH', { name: 'Mine now' }], ['DELETE']] as const) {
      const foreign = await call(`${method} /api/v1/sites/${id}`, { token: stranger.token, body })
      const unknown = await call(`${method} /api/v1/sites/${UNKNOWN_SITE}`, { token: stranger.token, body })
      expect(refusal(foreign)).toEqual([404, 'site_not_found'])
      expect(withoutRequestId(foreign)).toEqual(withoutRequestId(unknown))
    }
    expect((await call(`GET /api/v1/sites/${id}`, { token: owner.token })).body.name).toBe('Example')
  })

  test('an API key sees exactly its own site, and changes none', async () => {
    const [mine, sibling] = [await createTestSite(owner), await createTestSite(owner)]
    const { key: token } = await createTestKey(owner, mine)
    const listed = await call('GET /api/v1/sites/', { token })
    expect(listed.body.results.map(({ id }: { id: string }) => id)).toEqual([mine])
    expect((await call(`GET /api/v1/sites/${mine}`, { token })).status).toBe(200)
    expect(refusal(await call(`GET /api/v1/sites/${sibling}`, { token }))).toEqual([404, 'site_not_found'])
    expect(refusal(await call(`DELETE /api/v1/sites/${mine}`, { token }))).toEqual([403, 'person_required'])
  })

  test('an API key needs the scope', async () => {
    const site = await createTestSite(owner)
    const { key: token } = await createTestKey(owner, site, { scopes: ['content:write'] })
    expect(refusal(await call('GET /api/v1/sites/', { token }))).toEqual([403, 'insufficient_scope'])
  })
})

describe('switching a site off', () => {
  test('refuses its keys at once and puts its integrations to rest, until it is on again', async () => {
    const id = await createTestSite(owner)
    const { id: keyId, key: token } = await createTestKey(owner, id)
    const integration = await insertIntegration(id, owner.accountId, keyId)
    expect((await call('GET /api/v1/sites/', { token })).status).toBe(200)

    const off = await call(`PATCH /api/v1/sites/${id}`, { token: owner.token, body: { is_active: false } })
    expect(off.body.is_active).toBe(false)
    expect(refusal(await call('GET /api/v1/sites/', { token }))).toEqual([403, 'site_inactive'])
    expect(await readIntegration(integration)).toEqual({ connection: 'disabled', reason: 'site_inactive' })
    expect((await call(`GET /api/v1/sites/${id}`, { token: owner.token })).status).toBe(200)

    await call(`PATCH /api/v1/sites/${id}`, { token: owner.token, body: { is_active: true } })
    expect((await call('GET /api/v1/sites/', { token })).status).toBe(200)
    expect(await readIntegration(integration)).toEqual({ connection: 'not_connected', reason: null })
  })

  test('enables no revoked key, and no integration that was switched off on its own', async () => {
    const id = await createTestSite(owner)
    const { id: keyId, key: token } = await createTestKey(owner, id)
    const integration = await insertIntegration(id, owner.accountId, keyId)
    await d1()
      .update(integrations)
      .set({ isActive: false, connection: 'disabled', connectionReason: 'integration_inactive' })
      .where(eq(integrations.id, integration))
    await call(`DELETE /api/v1/sites/${id}/api-keys/${keyId}`, { token: owner.token })
    await d1().update(integrations).set({ connection: 'disabled' }).where(eq(integrations.id, integration))
    for (const is_active of [false, true]) {
      await call(`PATCH /api/v1/sites/${id}`, { token: owner.token, body: { is_active } })
      expect(refusal(await call('GET /api/v1/sites/', { token }))).toEqual([401, 'api_key_revoked'])
      expect((await readIntegration(integration))?.connection).toBe('disabled')
    }
  })
})

describe('switching on a site that is on', () => {
  test('leaves its integrations as they are', async () => {
    const id = await createTestSite(owner)
    const integration = await insertIntegration(id, owner.accountId, 'key_x')
    await call(`PATCH /api/v1/sites/${id}`, { token: owner.token, body: { is_active: true } })
    expect(await readIntegration(integration)).toEqual({ connection: 'ready', reason: null })
  })
})

describe('deleting a site', () => {
  test('takes its integrations and keys with it, and no other site’s', async () => {
    const [id, other] = [await createTestSite(owner), await createTestSite(owner)]
    const mine = await createTestKey(owner, id)
    const theirs = await createTestKey(owner, other)
    const integration = await insertIntegration(id, owner.accountId, mine.id)
    const kept = await insertIntegration(other, owner.accountId, theirs.id)

    expect((await call(`DELETE /api/v1/sites/${id}`, { token: owner.token })).status).toBe(204)
    expect(refusal(await call('GET /api/v1/sites/', { token: mine.key }))).toEqual([401, 'api_key_revoked'])
    expect(await readIntegration(integration)).toBeUndefined()
    expect(await d1().select().from(apiKeys).where(eq(apiKeys.siteId, id))).toEqual([])
    expect(await d1().select().from(sites).where(eq(sites.id, id))).toEqual([])

    expect((await call('GET /api/v1/sites/', { token: theirs.key })).status).toBe(200)
    expect(await readIntegration(kept)).toEqual({ connection: 'ready', reason: null })
  })

  test('that failed half-way closed every way in, and can be repeated', async () => {
    skipPauses()
    const id = await createTestSite(owner)
    const { key: token } = await createTestKey(owner, id)
    const broken = {
      getByName: () => ({
        revokeKey: async () => {
          throw new Error('object not reached')
        },
      }),
    }
    const bindings = { SITE_SYNC: broken as unknown as Env['SITE_SYNC'] }
    const failed = await call(`DELETE /api/v1/sites/${id}`, { token: owner.token, bindings })
    expect(refusal(failed)).toEqual([503, 'unavailable'])
    expect(failed.headers.get('retry-after')).toBe('5')
    expect(refusal(await call('GET /api/v1/sites/', { token }))).toEqual([401, 'api_key_revoked'])
    expect((await call(`DELETE /api/v1/sites/${id}`, { token: owner.token })).status).toBe(204)
  })
})
