/** Connecting by consent (docs/connect.md). The plugin's side is tested in plugin/tests and in test/e2e/consent.test.ts. */
import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { accountQuotas, apiKeys, auditLog, connectCodes, memberships, sites, users } from '../../src/db/schema/index.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'
import { approve, type Asking, codeIn, exchange, question, startAsking } from '../support/consent.ts'
import { deleteAccount } from '../support/deletions.ts'
import { addMember, inAccount, signUpPerson, type Person } from '../support/identity.ts'
import {
  CONNECT,
  connectBody,
  connectSite,
  connectSiteWithStructure,
  d1,
  movableClock,
  readIntegration,
} from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { type ModelSite, playInternet, startModelSite } from '../support/plugin.ts'

let owner: Person
let site: ModelSite
let asking: Asking
beforeAll(playInternet)
beforeEach(async () => {
  owner = await signUpPerson('Ada')
  site = startModelSite()
  asking = await startAsking(site.url)
  site.signingSecret = asking.signingSecret
})

const sitesOf = ({ accountId }: Person) => d1().select().from(sites).where(eq(sites.accountId, accountId))
const keysOf = ({ accountId }: Person) => d1().select().from(apiKeys).where(eq(apiKeys.accountId, accountId))
const codesOf = ({ accountId }: Person) => d1().select().from(connectCodes).where(eq(connectCodes.accountId, accountId))
const actionsOf = async ({ accountId }: Person) =>
  (await d1().select().from(auditLog).where(eq(auditLog.accountId, accountId)).orderBy(auditLog.seq)).map(
    ({ action }) => action,
  )

/** The plugin's connect request, with the key that it got. */
const connect = (body: { site_id: string; api_key: string }, signingSecret = asking.signingSecret) =>
  call(CONNECT, { body: { ...body, site_url: site.url, signing_secret: signingSecret } })

describe('the question', () => {
  test('names what would be added, and changes nothing', async () => {
    const { status, body } = await question(owner, asking)
    expect(status).toBe(200)
    expect(body).toEqual({
      site_url: site.url,
      site: null,
      replaces: null,
      refusal: null,
      consented: false,
      cancel_url: `${asking.ask.return_url}&igny8_error=denied&igny8_state=${asking.ask.state}`,
    })
    expect(await sitesOf(owner)).toEqual([])
    expect(await codesOf(owner)).toEqual([])
  })

  test('names the site that the account has with this address, however it is spelt', async () => {
    const address = site.url.replace('https://', 'http://www.')
    const { body } = await call('POST /api/v1/sites/', { token: owner.token, body: { name: 'Mine', url: address } })
    expect((await question(owner, asking)).body.site).toEqual({ id: body.id, name: 'Mine' })
  })

  test('names the connection that would be replaced', async () => {
    const known = await connectSite(owner)
    const { body } = await question(owner, await startAsking(known.wordpress.url))
    expect(body.replaces).toMatchObject({ integration_id: known.integrationId, site_url: known.wordpress.url })
    expect(body.refusal).toBeNull()
  })

  test('says beforehand what would refuse a yes: the role, a quota, a site that is off, an account that leaves', async () => {
    const editor = await addMember(owner, 'editor')
    expect((await question(editor, asking, owner)).body.refusal.code).toBe('role_too_low')
    await d1().insert(accountQuotas).values({ accountId: owner.accountId, kind: 'sites', most: 0 })
    expect((await question(owner, asking)).body.refusal).toMatchObject({ code: 'quota_exceeded' })
    await d1().delete(accountQuotas)
    const made = await call('POST /api/v1/sites/', { token: owner.token, body: { name: 'Off', url: site.url } })
    await call(`PATCH /api/v1/sites/${made.body.id}/`, { token: owner.token, body: { is_active: false } })
    expect((await question(owner, asking)).body.refusal.code).toBe('site_inactive')
    await deleteAccount(owner)
    expect((await question(owner, asking)).body.refusal.code).toBe('account_leaving')
  })

  test('says so if the plugin is connected as a site of another account', async () => {
    const other = await connectSite()
    const asks = { ...asking, ask: { ...asking.ask, current_site_id: other.siteId } }
    expect((await question(owner, asks)).body).toMatchObject({ site: null, refusal: { code: 'connected_elsewhere' } })
    expect(refusal(await approve(owner, asks))).toEqual([409, 'connected_elsewhere'])
  })
})

describe('the way back', () => {
  const others = [
    'https://evil.example.org/wp-admin/options-general.php?page=igny8',
    'https://{host}.evil.example.org/wp-admin/options-general.php?page=igny8',
    'https://evil.example.org@{host}/wp-admin/options-general.php?page=igny8',
    'https://{host}@evil.example.org/wp-admin/options-general.php?page=igny8',
    'https://{host}:8443/wp-admin/options-general.php?page=igny8',
    'http://{host}/wp-admin/options-general.php?page=igny8',
    'https://{host}/wp-admin/options-general.php?page=other',
    'https://{host}/wp-admin/options-general.php?page=igny8&next=https://evil.example.org',
    'https://{host}/wp-admin/options-general.php?page=igny8#elsewhere',
    'https://{host}/wp-admin/admin.php?page=igny8',
    'https://{host}/wp-admin/../redirect.php?to=/wp-admin/options-general.php?page=igny8',
    'https://{host}/open%2fredirect/wp-admin/options-general.php?page=igny8',
    'https://{host}//evil.example.org/wp-admin/options-general.php?page=igny8',
  ]
  test.each(others)('is refused if it is %s', async (pattern) => {
    const { host } = new URL(site.url)
    const asks = { ...asking, ask: { ...asking.ask, return_url: pattern.replace('{host}', host) } }
    expect(refusal(await question(owner, asks))).toEqual([400, 'return_address_foreign'])
    expect(refusal(await approve(owner, asks))).toEqual([400, 'return_address_foreign'])
    expect(await codesOf(owner)).toEqual([])
    expect(await sitesOf(owner)).toEqual([])
  })

  test('stays below the site’s own folder: neighbours on one host are other sites', async () => {
    const at = (path: string) => `${site.url}${path}/wp-admin/options-general.php?page=igny8`
    const blog = { ...asking, ask: { ...asking.ask, site_url: `${site.url}/blog`, return_url: at('/shop') } }
    expect(refusal(await question(owner, blog))).toEqual([400, 'return_address_foreign'])
    const similar = { ...blog, ask: { ...blog.ask, return_url: at('/blog-of-mallory') } }
    expect(refusal(await question(owner, similar))).toEqual([400, 'return_address_foreign'])
    // WordPress in a folder of its own, below the address that visitors see
    const own = { ...blog, ask: { ...blog.ask, return_url: at('/blog/wp') } }
    expect((await question(owner, own)).status).toBe(200)
  })

  test('is refused if it is no web address at all', async () => {
    const asks = { ...asking, ask: { ...asking.ask, return_url: 'javascript:alert(1)' } }
    expect(refusal(await approve(owner, asks))).toEqual([400, 'validation_error'])
  })

  test('with choices of types that have no slug, or too many, is refused as the document says', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`type_${index}`, true]))
    expect(refusal(await approve(owner, asking, { choices: { '': true } }))).toEqual([400, 'invalid_slug'])
    expect(refusal(await approve(owner, asking, { choices: many }))).toEqual([400, 'too_many_types'])
    expect(await codesOf(owner)).toEqual([])
  })
})

describe('a yes', () => {
  test('adds the site, sends the browser back with a code and the state, and is recorded', async () => {
    const answer = await approve(owner, asking)
    expect(answer.status).toBe(201)
    const back = new URL(answer.body.redirect_url)
    expect(back.href.startsWith(`${asking.ask.return_url}&`)).toBe(true)
    expect(back.searchParams.get('igny8_state')).toBe(asking.ask.state)
    expect(codeIn(answer)).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await sitesOf(owner)).toMatchObject([{ id: answer.body.site_id, name: 'A shop', url: site.url }])
    expect((await actionsOf(owner)).slice(1)).toEqual(['site.created', 'site.connect_approved'])
  })

  test('makes no key: that comes with the exchange', async () => {
    await approve(owner, asking)
    expect(await keysOf(owner)).toEqual([])
  })

  test('stores neither the code nor anything that it could be found by', async () => {
    const code = codeIn(await approve(owner, asking))
    const rows = JSON.stringify([await codesOf(owner), await d1().select().from(auditLog)])
    expect(rows).not.toContain(code)
    expect(rows).not.toContain(asking.verifier)
  })

  test('is for admins and owners', async () => {
    for (const role of ['viewer', 'editor'] as const) {
      const member = await addMember(owner, role)
      expect(refusal(await approve(member, asking, {}, owner))).toEqual([403, 'role_too_low'])
    }
    const admin = await addMember(owner, 'admin')
    expect((await approve(admin, asking, {}, owner)).status).toBe(201)
    expect(await sitesOf(admin)).toEqual([])
  })

  test('repeated for a site leaves one code: the last', async () => {
    const first = codeIn(await approve(owner, asking))
    const second = codeIn(await approve(owner, asking))
    expect(await codesOf(owner)).toHaveLength(1)
    expect(refusal(await exchange(asking, first))).toEqual([400, 'connect_code_invalid'])
    expect((await exchange(asking, second)).status).toBe(201)
  })

  test('is refused within a quota’s bounds, and adds nothing', async () => {
    await d1().insert(accountQuotas).values({ accountId: owner.accountId, kind: 'sites', most: 0 })
    expect(refusal(await approve(owner, asking))).toEqual([403, 'quota_exceeded'])
    expect(await codesOf(owner)).toEqual([])
  })

  test('from another page is refused: a foreign page can’t approve with the person’s cookie', async () => {
    const answer = await call('POST /api/v1/connect/approve/', {
      cookie: owner.cookie,
      headers: { origin: 'https://evil.example.org' },
      body: { ...asking.ask, replaces: null },
    })
    expect(refusal(answer)).toEqual([403, 'origin_not_allowed'])
    expect(await sitesOf(owner)).toEqual([])
  })

  test('is about the connection that was shown, and about no other', async () => {
    const known = await connectSite(owner)
    const asks = await startAsking(known.wordpress.url)
    expect(refusal(await approve(owner, asks))).toEqual([409, 'conflict'])
    expect(refusal(await approve(owner, asks, { replaces: 'int_another' }))).toEqual([409, 'conflict'])
    expect((await approve(owner, asks, { replaces: known.integrationId })).status).toBe(201)
  })
})

describe('the exchange', () => {
  test('brings a key of the site, with which the plugin connects; the key is in no other answer', async () => {
    const approved = await approve(owner, asking)
    const { status, body } = await exchange(asking, codeIn(approved))
    expect(status).toBe(201)
    expect(body).toMatchObject({ site_id: approved.body.site_id, site_name: 'A shop', account_name: 'Ada’s account' })
    expect(await keysOf(owner)).toMatchObject([{ siteId: body.site_id, name: 'WordPress plugin' }])
    const connected = await connect(body)
    expect([connected.status, connected.body.code]).toEqual([200, 'connected'])
    expect(await readIntegration(connected.body.integration_id)).toMatchObject({ connection: 'structure_syncing' })
    expect((await actionsOf(owner)).slice(3)).toEqual([
      'api_key.created',
      'integration.created',
      'integration.connected',
    ])
    const own = and(eq(auditLog.accountId, owner.accountId), eq(auditLog.action, 'api_key.created'))
    const [record] = await d1().select().from(auditLog).where(own)
    expect(record?.actor).toBe(`user:${owner.userId}`)
  })

  test('keeps what the person chose, with limits by which all that they were told is imported', async () => {
    const approved = await approve(owner, asking, { choices: { page: false, product: true } })
    const { body } = await exchange(asking, codeIn(approved))
    const { body: connected } = await connect(body)
    const path = `/api/v1/integration/integrations/${connected.integration_id}`
    await call(`POST ${path}/update-structure/`, { token: body.api_key, body: site.structure })
    const types = (await call(`GET ${path}/content-types/`, { token: owner.token })).body.post_types
    expect(types.post).toMatchObject({ enabled: true, fetch_limit: 1000 })
    expect(types.page).toMatchObject({ enabled: false, decided_by: 'igny8', fetch_limit: 100 })
    expect(types.product).toMatchObject({ enabled: true, decided_by: 'igny8' })
  })

  test('succeeds once: a code that was used is refused, and makes no second key', async () => {
    const code = codeIn(await approve(owner, asking))
    expect((await exchange(asking, code)).status).toBe(201)
    expect(refusal(await exchange(asking, code))).toEqual([410, 'connect_code_used'])
    expect(await keysOf(owner)).toHaveLength(1)
  })

  test('of ten at once succeeds once', async () => {
    const code = codeIn(await approve(owner, asking))
    const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(asking, code)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(new Set(answers.filter(({ status }) => status !== 201).map((answer) => answer.body.code))).toEqual(
      new Set(['connect_code_used']),
    )
    expect(await keysOf(owner)).toHaveLength(1)
  })

  test('comes too late after a minute', async () => {
    const clock = movableClock()
    const code = codeIn(await approve(owner, asking))
    clock.advance(60_000)
    expect(refusal(await exchange(asking, code))).toEqual([410, 'connect_code_expired'])
    expect(await keysOf(owner)).toEqual([])
  })

  test('needs the verifier: a code from a browser’s history is worth nothing, and still works for its plugin', async () => {
    const code = codeIn(await approve(owner, asking))
    const thief = await startAsking(site.url)
    expect(refusal(await exchange(thief, code))).toEqual([400, 'connect_code_invalid'])
    // the challenge travels with the browser, too
    expect(refusal(await exchange({ ...asking, verifier: asking.ask.challenge }, code))).toEqual([
      400,
      'connect_code_invalid',
    ])
    expect((await exchange(asking, code)).status).toBe(201)
  })

  test('tells a code that exists from none to nobody without its verifier', async () => {
    const code = codeIn(await approve(owner, asking))
    const thief = await startAsking(site.url)
    const [theirs, nobodys] = [await exchange(thief, code), await exchange(thief, thief.ask.state)]
    expect({ ...theirs.body, request_id: '' }).toEqual({ ...nobodys.body, request_id: '' })
  })

  test('is bound to the address that was approved, in any spelling of it', async () => {
    const code = codeIn(await approve(owner, asking))
    const other = startModelSite()
    expect(refusal(await exchange(asking, code, { site_url: other.url }))).toEqual([409, 'connect_code_other_site'])
    expect(refusal(await exchange(asking, code, { site_url: `${site.url}/blog` }))).toEqual([
      409,
      'connect_code_other_site',
    ])
    expect(await keysOf(owner)).toEqual([])
    const spelt = `${site.url.replace('https://', 'https://www.')}/`
    expect((await exchange(asking, code, { site_url: spelt })).status).toBe(201)
  })

  test.each([
    ['left the account', (person: Person) => d1().delete(memberships).where(eq(memberships.userId, person.userId))],
    [
      'lost the role',
      (person: Person) => d1().update(memberships).set({ role: 'editor' }).where(eq(memberships.userId, person.userId)),
    ],
    [
      'was switched off',
      (person: Person) => d1().update(users).set({ isActive: false }).where(eq(users.id, person.userId)),
    ],
  ])('is refused if whoever approved %s meanwhile', async (_what, change) => {
    const admin = await addMember(owner, 'admin')
    const code = codeIn(await approve(admin, asking, {}, owner))
    await change(admin)
    expect(refusal(await exchange(asking, code))).toEqual([400, 'connect_code_invalid'])
    expect(await keysOf(owner)).toEqual([])
  })

  test('is refused if the site was deleted meanwhile', async () => {
    const approved = await approve(owner, asking)
    await call(`DELETE /api/v1/sites/${approved.body.site_id}/`, { token: owner.token })
    expect(await codesOf(owner)).toEqual([])
    expect(refusal(await exchange(asking, codeIn(approved)))).toEqual([400, 'connect_code_invalid'])
  })

  test('reads no credentials: a session or key in its header changes nothing', async () => {
    const code = codeIn(await approve(owner, asking))
    const answer = await call('POST /api/v1/connect/exchange/', {
      token: 'igny8_nonsense',
      body: { code, verifier: asking.verifier, site_url: site.url },
    })
    expect(answer.status).toBe(201)
  })

  test.each([
    [{ code: 'short' }, 'body.code'],
    [{ verifier: 'short' }, 'body.verifier'],
    [{ verifier: `${'a'.repeat(43)}\n` }, 'body.verifier'],
    [{ site_url: 'not an address' }, 'body.site_url'],
    [{ signing_secret: 'whsec_x' }, 'body.signing_secret'],
  ])('refuses %j', async (extra, path) => {
    const code = codeIn(await approve(owner, asking))
    const answer = await exchange(asking, code, extra)
    expect(refusal(answer)).toEqual([400, 'validation_error'])
    expect(answer.body.errors).toEqual([expect.objectContaining({ path })])
    expect((await exchange(asking, code)).status).toBe(201)
  })

  test('never logs a code, a verifier or a key', async () => {
    const code = codeIn(await approve(owner, asking))
    const { body } = await exchange(asking, code)
    const dump = await env.DB.prepare('SELECT group_concat(metadata) AS all_of_it FROM audit_log').first('all_of_it')
    for (const secret of [code, asking.verifier, body.api_key, asking.signingSecret])
      expect(String(dump)).not.toContain(secret)
  })
})

describe('a site that is connected already', () => {
  test('keeps the limits that people have set, and takes what is switched off', async () => {
    const known = await connectSiteWithStructure(owner)
    const limits = { post_types: { post: { fetch_limit: 7 } } }
    await call(`PATCH ${known.path}/content-types/`, { token: owner.token, body: limits })
    const asks = await startAsking(known.wordpress.url)
    await exchange(
      asks,
      codeIn(await approve(owner, asks, { replaces: known.integrationId, choices: { page: false } })),
    )
    const types = (await call(`GET ${known.path}/content-types/`, { token: owner.token })).body.post_types
    expect(types.post).toMatchObject({ enabled: true, fetch_limit: 7 })
    expect(types.page).toMatchObject({ enabled: false, decided_by: 'igny8' })
  })

  test('gets the new secret of a plugin that lost its own, once a person has agreed to replace that connection', async () => {
    const known = await connectSite(owner)
    const asks = await startAsking(known.wordpress.url)
    const approved = await approve(owner, asks, { replaces: known.integrationId })
    expect(approved.body.site_id).toBe(known.siteId)
    const { body } = await exchange(asks, codeIn(approved))
    known.wordpress.signingSecret = asks.signingSecret
    const connected = await call(CONNECT, {
      body: { ...connectBody(known), api_key: body.api_key, signing_secret: asks.signingSecret },
    })
    expect([connected.status, connected.body.integration_id]).toEqual([200, known.integrationId])
    const actions = (await actionsOf(owner)).slice(-4)
    expect(actions).toEqual([
      'site.connect_approved',
      'api_key.created',
      'integration.change_confirmed',
      'integration.connection_changed',
    ])
  })

  test('doesn’t get another secret than the one that the plugin exchanged the code with', async () => {
    const known = await connectSite(owner)
    const asks = await startAsking(known.wordpress.url)
    const approved = await approve(owner, asks, { replaces: known.integrationId })
    const { body } = await exchange(asks, codeIn(approved))
    const stranger = createSigningSecret()
    const before = await readIntegration(known.integrationId)
    known.wordpress.signingSecret = stranger
    const refused = await call(CONNECT, {
      body: { ...connectBody(known), api_key: body.api_key, signing_secret: stranger },
    })
    expect(refused.status).toBeGreaterThanOrEqual(409)
    expect((await readIntegration(known.integrationId))?.credentials).toBe(before?.credentials)
  })

  test('isn’t taken over by the exchange alone: its secret and address stay until the site answers', async () => {
    const known = await connectSite(owner)
    const asks = await startAsking(known.wordpress.url)
    const before = await readIntegration(known.integrationId)
    await exchange(asks, codeIn(await approve(owner, asks, { replaces: known.integrationId })))
    const after = await readIntegration(known.integrationId)
    expect(after).toMatchObject({ credentials: before?.credentials, siteUrl: before?.siteUrl, apiKeyId: known.keyId })
  })

  test('of another account stays as it was: whoever approves connects a site of their own account', async () => {
    const theirs = await connectSite()
    const before = await readIntegration(theirs.integrationId)
    const asks = await startAsking(theirs.wordpress.url)
    const approved = await approve(owner, asks)
    expect(approved.body.site_id).not.toBe(theirs.siteId)
    await exchange(asks, codeIn(approved))
    expect(await readIntegration(theirs.integrationId)).toEqual(before)
    const listed = await call('GET /api/v1/sites/', { token: theirs.owner.token, headers: inAccount(theirs.owner) })
    expect(listed.body.results).toHaveLength(1)
  })

  test('is not found by its id in another account', async () => {
    const theirs = await connectSite()
    const asks = { ...asking, ask: { ...asking.ask, current_site_id: theirs.siteId } }
    const nobodys = { ...asking, ask: { ...asking.ask, current_site_id: `site_${'0'.repeat(32)}` } }
    const [one, other] = [await question(owner, asks), await question(owner, nobodys)]
    expect(one.body).toEqual(other.body)
  })
})
