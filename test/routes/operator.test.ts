import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { and, eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { auditLog, integrations, ticks } from '../../src/db/schema/index.ts'
import { Seal } from '../../src/services/export/seal.ts'
import { openSiteDatabase } from '../../src/site/replica/database.ts'
import { routes } from '../../src/routes/index.ts'
import { forgetApiKeys } from '../../src/services/api-keys/store.ts'
import { dumpedTables } from '../../src/site/replica/dump.ts'
import {
  connectWordPress,
  content,
  createShared,
  patchItem,
  playWordPress,
  readItem,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { refusal, signUpPerson } from '../support/identity.ts'
import { d1, movableClock, siteObject } from '../support/integration.ts'
import { call } from '../support/openapi.ts'
import {
  backUp,
  dumpD1,
  dumpKeys,
  emptyD1,
  operate,
  readFile,
  sendFile,
  type WholeBackup,
} from '../support/operator.ts'

beforeAll(playWordPress)

/** All rows of an object, by table. */
const dumpObject = (siteId: string) =>
  runInDurableObject(siteObject(siteId), (_instance, { storage }) => {
    const database = openSiteDatabase(storage)
    return Object.fromEntries(
      dumpedTables(database).map((table) => [
        table,
        database
          .rows(`SELECT * FROM ${table}`)
          .map((row) => JSON.stringify(row))
          .toSorted(),
      ]),
    )
  })

async function destroyEverything(siteIds: string[]): Promise<void> {
  await emptyD1()
  for (const { name } of (await env.API_KEYS.list()).keys) await env.API_KEYS.delete(name)
  for (const siteId of siteIds) await siteObject(siteId).forget()
}

async function restore({ backup, databases, objects }: WholeBackup) {
  const { status, body: started } = await operate('POST restores/', {
    body: { what: 'everything', secrets: backup.secrets },
  })
  expect(status).toBe(201)
  for (const [siteId, text] of objects) await sendFile(`restores/${started.id}/sites/${siteId}`, text)
  for (const [name, text] of databases)
    expect((await sendFile(`restores/${started.id}/databases/${name}`, text, 'position')).body).toMatchObject({
      is_whole: true,
    })
  for (const siteId of objects.keys())
    expect((await operate(`POST restores/${started.id}/sites/${siteId}/wake/`)).status).toBe(204)
  for (let next: string | null = ''; next !== null;) {
    const { body }: { body: { next: string | null } } = await operate(
      `POST restores/${started.id}/keys/${next && `?cursor=${next}`}`,
    )
    next = body.next
  }
  return operate(`POST restores/${started.id}/finish/`)
}

describe('a backup of everything, restored after everything was lost', () => {
  test('is the same deployment: rows, keys, objects; people sign in, keys work, a sync changes nothing', async () => {
    const site = await connectWordPress({ twoWay: true })
    const { item } = await createShared(site, { title: 'First' })
    await createShared(site, { title: 'Second' })
    await patchItem(site, item.id, { title: 'Edited' })
    await syncSite(site)
    const revoked = await call(`POST /api/v1/sites/${site.siteId}/api-keys/`, { token: site.owner.token, body: {} })
    await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${revoked.body.id}/`, { token: site.owner.token })
    const unused = await call('POST /api/v1/sites/', {
      token: site.owner.token,
      body: { name: 'Unused', url: 'https://unused.example.com' },
    })
    const whole = await backUp()
    expect([...whole.objects.keys()].toSorted()).toEqual([site.siteId, unused.body.id].toSorted())
    const before = { d1: await dumpD1(), keys: await dumpKeys(), object: await dumpObject(site.siteId) }
    await destroyEverything([site.siteId, unused.body.id])
    expect((await call('GET /api/v1/sites/', { token: site.owner.token })).status).toBe(401)

    const finished = await restore(whole)
    expect(finished.status).toBe(200)
    expect(finished.body.dropped).toEqual({})
    expect(finished.body.rows).toMatchObject({ accounts: 1, sites: 2, users: 1 })
    const after = { d1: await dumpD1(), keys: await dumpKeys(), object: await dumpObject(site.siteId) }
    // what the restore itself changes: it is fenced, and recorded
    const ignored = ({ integrations: _i, audit_log: _a, ...rows }: Record<string, unknown[]>) => rows
    expect(ignored(after.d1)).toEqual(ignored(before.d1))
    const stripped = (rows: unknown[] | undefined) =>
      (rows ?? []).map((row) =>
        Object.assign({}, row, { sync_epoch: 0, counts_as_of: 0, updated_at: 0, stored_bytes: 0 }),
      )
    expect(stripped(after.d1['integrations'])).toEqual(stripped(before.d1['integrations']))
    expect(after.d1['audit_log']).toEqual(expect.arrayContaining(before.d1['audit_log'] ?? []))
    expect(after.keys).toEqual(before.keys)
    const { schedule: _s, drift_check: _d, integration: _c, key_gate: _k, ...same } = after.object
    for (const [table, rows] of Object.entries(same)) expect([table, rows]).toEqual([table, before.object[table]])

    const signedIn = await call('POST /api/v1/auth/sign-in/email', {
      body: { email: site.owner.email, password: 'correct horse battery' },
    })
    expect(signedIn.status).toBe(200)
    expect((await call('GET /api/v1/sites/', { token: site.owner.token })).body.results).toHaveLength(2)
    expect((await readItem(site, item.id)).title).toBe('Edited')
    expect(refusal(await call('GET /api/v1/sites/', { token: revoked.body.key }))).toEqual([401, 'api_key_revoked'])
    const posts = site.model.site.posts.byId('post').map(({ title }) => title)
    expect(await syncSite(site)).toMatchObject({ counts: { created: 0, updated: 0, deleted: 0, conflicts: 0 } })
    expect(site.model.site.posts.byId('post').map(({ title }) => title)).toEqual(posts)
    const records = await d1().select().from(auditLog).where(eq(auditLog.accountId, 'operator'))
    expect(records.map(({ action, actor }) => [action, actor])).toEqual([
      ['operator.backup_started', 'operator'],
      ['operator.restored', 'operator'],
    ])
  })
})

describe('a restore', () => {
  test('is refused where somebody has signed up, and by a deployment with other secrets', async () => {
    const { body: backup } = await operate('POST backups/')
    await signUpPerson()
    const start = (secrets: object) => operate('POST restores/', { body: { what: 'everything', secrets } })
    expect(refusal(await start(backup.secrets))).toEqual([409, 'database_not_empty'])
    const other = await start({
      ...backup.secrets,
      API_KEY_PEPPER: '0'.repeat(16),
      'ENCRYPTION_KEYS.old': '0'.repeat(16),
    })
    expect(refusal(other)).toEqual([409, 'secrets_differ'])
    expect(other.body.detail).toBe('These differ: API_KEY_PEPPER, ENCRYPTION_KEYS.old.')
    for (const secret of [env.API_KEY_PEPPER, env.SESSION_SECRET]) expect(JSON.stringify(backup)).not.toContain(secret)
  })

  test('of some sites replaces their objects if that is said, and is in the log of the account', async () => {
    const site = await connectWordPress()
    const { item } = await createShared(site, { title: 'Then' })
    const whole = await backUp()
    const database = whole.databases.get('DB') ?? ''
    await patchItem(site, item.id, { title: 'Now' })
    const { body: started } = await operate('POST restores/', {
      body: { what: 'sites', secrets: whole.backup.secrets },
    })
    const path = `restores/${started.id}/sites/${site.siteId}`
    const text = whole.objects.get(site.siteId) ?? ''
    expect(refusal(await operate(`PUT ${path}/parts/1/`, { lines: text }))).toEqual([409, 'object_not_empty'])
    expect((await readItem(site, item.id)).title).toBe('Now')
    // the rows of a database are not for such a restore
    expect(refusal(await operate(`PUT restores/${started.id}/databases/DB/parts/1/`, { lines: database }))).toEqual([
      404,
      'restore_not_found',
    ])
    const epoch = async () =>
      (await d1().select().from(integrations).where(eq(integrations.id, site.integrationId)))[0]?.syncEpoch ?? 0
    const before = await epoch()
    await sendFile(path, text, '?replace=true')
    // it rests until it is woken
    expect(refusal(await content(site, `GET /${item.id}`))).toEqual([503, 'unavailable'])
    expect((await operate(`POST ${path}/wake/`)).status).toBe(204)
    expect((await readItem(site, item.id)).title).toBe('Then')
    expect(await epoch()).toBeGreaterThan(before)
    const own = and(eq(auditLog.accountId, site.owner.accountId), eq(auditLog.action, 'site.restored'))
    expect((await d1().select().from(auditLog).where(own)).map(({ actor, entityId }) => [actor, entityId])).toEqual([
      ['operator', site.siteId],
    ])
    expect((await operate(`POST restores/${started.id}/finish/`)).status).toBe(200)
    expect(refusal(await operate(`POST ${path}/wake/`))).toEqual([404, 'restore_not_found'])
    expect(await syncSite(site)).toMatchObject({ status: 'succeeded' })
  })

  test('takes no file that is damaged, of another database, with other tables, or out of order', async () => {
    const site = await connectWordPress()
    const whole = await backUp()
    const database = whole.databases.get('DB') ?? ''
    const id = 'rst_test'
    await d1()
      .insert(ticks)
      .values({ cron: `restore:everything:${id}`, at: new Date() })
    const before = await dumpD1()
    const put = (lines: string, query = '', path = `databases/DB/parts/1/`) =>
      operate(`PUT restores/${id}/${path}${query}`, { lines })
    const fileOf = async (...lines: object[]) =>
      new Seal().block(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    const head = { kind: 'database', version: 1, database: 'DB' }
    const row = (table: string, more: object) => ({ kind: 'row', table, row: more })
    expect(refusal(await put(database.replace('"kind":"row"', '"kind":"row" ')))).toEqual([400, 'file_damaged'])
    expect(refusal(await put(database.slice(0, -9)))).toEqual([400, 'file_damaged'])
    expect(refusal(await put(await fileOf({ ...head, database: 'OTHER' })))).toEqual([400, 'file_unknown'])
    expect(refusal(await put(await fileOf({ ...head, version: 2 })))).toEqual([409, 'backup_newer'])
    expect(refusal(await put(await fileOf(head, row('sqlite_master', { name: 'x' }))))).toEqual([409, 'backup_newer'])
    expect(refusal(await put(await fileOf(head, row('ticks', { cron: 'x', at: 1 }))))).toEqual([409, 'backup_newer'])
    expect(refusal(await put(await fileOf(head, row('accounts', { 'id") VALUES (1); --': 'x' }))))).toEqual([
      409,
      'backup_newer',
    ])
    expect(refusal(await put(await fileOf(head, row('accounts', { id: { $: 1 } }))))).toEqual([
      400,
      'file_line_invalid',
    ])
    expect(refusal(await put(await fileOf(head), `?lines=5&sum=${'0'.repeat(64)}`))).toEqual([400, 'file_line_invalid'])
    expect(refusal(await put(database, '', 'databases/OTHER/parts/1/'))).toEqual([404, 'not_found'])
    const object = whole.objects.get(site.siteId) ?? ''
    expect(refusal(await put(object, '', `sites/${site.siteId}/parts/2/`))).toEqual([409, 'part_out_of_order'])
    expect(
      refusal(
        await put(
          await fileOf({ kind: 'object', version: 9, schema: 1, columns: {} }),
          '?replace=true',
          `sites/${site.siteId}/parts/1/`,
        ),
      ),
    ).toEqual([409, 'backup_newer'])
    expect(
      refusal(
        await put(object.replace('"kind":"row"', '"kind":"row" '), '?replace=true', `sites/${site.siteId}/parts/1/`),
      ),
    ).toEqual([400, 'file_damaged'])
    expect(await dumpD1()).toEqual(before)
    expect((await content(site, 'GET')).status).toBe(200)
    // a restore that was forgotten
    await d1()
      .update(ticks)
      .set({ at: new Date(Date.now() - 2 * 86_400_000) })
      .where(eq(ticks.cron, `restore:everything:${id}`))
    expect(refusal(await put(database))).toEqual([404, 'restore_not_found'])
    await d1()
      .delete(ticks)
      .where(eq(ticks.cron, `restore:everything:${id}`))
  })

  test('of a site forgets which keys its object had let in', async () => {
    const site = await connectWordPress()
    const key = await call(`POST /api/v1/sites/${site.siteId}/api-keys/`, { token: site.owner.token, body: {} })
    const sync = () => call(`POST ${site.path}/sync/`, { token: key.body.key, body: { direction: 'metadata' } })
    expect((await sync()).status).toBe(202)
    await syncSite(site)
    const edge = await dumpKeys()
    const whole = await backUp()
    await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${key.body.id}/`, { token: site.owner.token })
    const { body: started } = await operate('POST restores/', {
      body: { what: 'sites', secrets: whole.backup.secrets },
    })
    const path = `restores/${started.id}/sites/${site.siteId}`
    await sendFile(path, whole.objects.get(site.siteId) ?? '', '?replace=true')
    expect((await operate(`POST ${path}/wake/`)).status).toBe(204)
    // the edge has not heard of it yet
    for (const [hash, record] of Object.entries(edge)) await env.API_KEYS.put(hash, JSON.stringify(record))
    forgetApiKeys(env.API_KEYS)
    expect(refusal(await sync())).toEqual([401, 'api_key_revoked'])
  })

  test('drops what belongs to nothing, and refuses keys that were made after the backup', async () => {
    const site = await connectWordPress()
    const id = 'rst_orphans'
    await d1()
      .insert(ticks)
      .values({ cron: `restore:everything:${id}`, at: new Date() })
    await d1().run(
      sql`INSERT INTO memberships (account_id, user_id, role, created_at) VALUES ('acc_gone', 'usr_gone', 'owner', 1)`,
    )
    await d1().run(sql`UPDATE api_keys SET id = 'key_other' WHERE id = ${site.keyId}`)
    await d1().run(sql`DELETE FROM api_keys WHERE id = 'key_other'`)
    let removed = 0
    for (let next: string | null = ''; next !== null;) {
      const { body }: { body: { next: string | null; removed: number } } = await operate(
        `POST restores/${id}/keys/${next && `?cursor=${next}`}`,
      )
      removed += body.removed
      next = body.next
    }
    expect(removed).toBeGreaterThanOrEqual(1)
    expect(refusal(await call('GET /api/v1/sites/', { token: site.key }))).toEqual([401, 'api_key_revoked'])
    expect((await operate(`POST restores/${id}/finish/`)).body.dropped).toEqual({ memberships: 1 })
  })
})

describe('a site that is put back to a moment', () => {
  let site: ContentSite
  beforeAll(async () => {
    site = await connectWordPress({ twoWay: true })
  })

  test('is planned, restored as an edit that the site gets, recorded, projected, and undone', async () => {
    const { item } = await createShared(site, { title: 'Right' })
    const at = Date.now()
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(at + 1), { interval: 1 })
    const to = new Date(at).toISOString()
    await patchItem(site, item.id, { title: 'Wrong' })
    await syncSite(site)
    const post = () => site.model.site.posts.byId('post')[0]?.title
    expect(post()).toBe('Wrong')
    const plan = await operate(`GET sites/${site.siteId}/restore-plan/?to=${to}`)
    expect(plan.body).toMatchObject({
      counts: { changed: 1 },
      items: [{ id: item.id, title: 'Wrong', fields: ['title'] }],
    })
    expect((await readItem(site, item.id)).title).toBe('Wrong')
    const started = await operate(`POST sites/${site.siteId}/restores/`, { body: { to } })
    expect([started.status, started.body.state]).toEqual([202, 'running'])
    await vi.waitFor(async () =>
      expect(await readItem(site, item.id)).toMatchObject({ title: 'Right', state: 'synced' }),
    )
    expect(post()).toBe('Right')
    const list = async () => (await operate(`GET sites/${site.siteId}/restores/`)).body.results
    expect(await list()).toMatchObject([{ id: started.body.id, kind: 'moment', state: 'done', counts: { changed: 1 } }])
    const undo = await operate(`POST sites/${site.siteId}/restores/${started.body.id}/undo/`)
    expect(undo.status).toBe(202)
    await vi.waitFor(async () =>
      expect(await readItem(site, item.id)).toMatchObject({ title: 'Wrong', state: 'synced' }),
    )
    expect(await list()).toMatchObject([{ kind: 'undo', undoes: started.body.id }, { undone_at: expect.any(String) }])
    expect(refusal(await operate(`POST sites/${site.siteId}/restores/${started.body.id}/undo/`))).toEqual([
      409,
      'nothing_to_undo',
    ])
    const own = and(eq(auditLog.accountId, site.owner.accountId), eq(auditLog.action, 'site.restored'))
    expect((await d1().select().from(auditLog).where(own)).map(({ actor }) => actor)).toEqual(['operator', 'operator'])
    const events = await call(`GET ${site.path}/events/?action=restore`, { token: site.owner.token })
    expect(events.body.results.map((event: { actor: unknown }) => event.actor)).toEqual([
      { kind: 'operator', id: null, name: null },
      { kind: 'operator', id: null, name: null },
    ])
  })

  test('is refused for moments that are not kept, for sites that there are not, and for bad input', async () => {
    const later = new Date(Date.now() + 3_600_000).toISOString()
    for (const to of [later, '2020-01-01T00:00:00.000Z']) {
      expect(refusal(await operate(`GET sites/${site.siteId}/restore-plan/?to=${to}`))).toEqual([
        409,
        'moment_not_kept',
      ])
      expect(refusal(await operate(`POST sites/${site.siteId}/restores/`, { body: { to } }))).toEqual([
        409,
        'moment_not_kept',
      ])
    }
    expect(refusal(await operate(`POST sites/site_none/restores/`, { body: { to: later } }))).toEqual([
      404,
      'site_not_found',
    ])
    expect(refusal(await operate(`POST sites/${site.siteId}/restores/`, { body: { to: 'now' } }))).toEqual([
      400,
      'validation_error',
    ])
    expect(refusal(await operate(`POST sites/${site.siteId}/restores/rst_none/undo/`))).toEqual([
      404,
      'restore_not_found',
    ])
  })

  test('by the platform is not to be had here; where it is, the object is settled and what the site changed conflicts', async () => {
    const to = new Date(Date.now() - 60_000).toISOString()
    expect(refusal(await operate(`POST sites/${site.siteId}/rewind/`, { body: { to } }))).toEqual([
      501,
      'rewind_unavailable',
    ])
    // as the platform has it, but for the storage, which stays
    await runInDurableObject(siteObject(site.siteId), (_instance, { storage }) => {
      const own = Object.getPrototypeOf(storage) as Record<string, unknown>
      const [before, next] = [own['getBookmarkForTime'], own['onNextSessionRestoreBookmark']]
      own['getBookmarkForTime'] = async () => 'then'
      own['onNextSessionRestoreBookmark'] = async () => 'before'
      return () => Object.assign(own, { getBookmarkForTime: before, onNextSessionRestoreBookmark: next })
    })
    const rewound = await operate(`POST sites/${site.siteId}/rewind/`, { body: { to } })
    expect([rewound.status, rewound.body.bookmark]).toEqual([200, 'before'])
    expect((await operate(`GET sites/${site.siteId}/restores/`)).body.results[0]).toMatchObject({
      kind: 'rewind',
      state: 'done',
    })
    expect(await syncSite(site)).toMatchObject({ status: 'succeeded' })
  })
})

describe('the operator’s routes', () => {
  const ours = routes.filter(({ access }) => access.kind === 'operator')

  test('are closed to people, keys, other tokens and no token, and say nothing about what there is', async () => {
    const site = await connectWordPress()
    expect(ours.length).toBeGreaterThan(12)
    for (const { method, path, body, upload } of ours) {
      const request = `${method.toUpperCase()} ${path.replaceAll(/:site_id/g, site.siteId).replaceAll(/:\w+/g, '1')}/`
      const more = upload ? { lines: '' } : body ? { body: {} } : {}
      for (const token of [
        undefined,
        site.owner.token,
        site.key,
        '',
        `${env.OPERATOR_TOKEN}x`,
        env.OPERATOR_TOKEN.slice(1),
      ]) {
        const answer = await call(request, { token, ...more })
        expect([request, ...refusal(answer)]).toEqual([request, 401, 'operator_token_invalid'])
      }
      expect(refusal(await call(request, { cookie: site.owner.cookie, ...more }))).toEqual([
        401,
        'operator_token_invalid',
      ])
    }
  })

  test('are closed where there is no token, whatever is sent', async () => {
    const bindings = { OPERATOR_TOKEN: '' } as Partial<Env>
    for (const token of ['', env.OPERATOR_TOKEN, 'undefined'])
      expect(refusal(await operate('POST backups/', { token, bindings }))).toEqual([401, 'operator_token_invalid'])
  })

  test('are limited as often as an account, and guesses by network', async () => {
    const full = { limit: async () => ({ success: false }) } as unknown as RateLimit
    expect(refusal(await operate('POST backups/', { bindings: { THROTTLE_ACCOUNT: full } }))).toEqual([
      429,
      'too_many_requests',
    ])
    expect(refusal(await operate('POST backups/', { token: 'guess', bindings: { THROTTLE_ANONYMOUS: full } }))).toEqual(
      [429, 'too_many_requests'],
    )
    expect((await operate('POST backups/', { bindings: { THROTTLE_ANONYMOUS: full } })).status).toBe(201)
  })

  test('read nothing without a backup that was recorded, nor after a day', async () => {
    const clock = movableClock()
    const { body: backup } = await operate('POST backups/')
    const read = (id: string) => operate(`GET backups/${id}/sites/`)
    expect((await read(backup.id)).status).toBe(200)
    const forged = backup.id.replace(/_[0-9a-z]+_(?=[0-9a-f]{32}$)/, '_zzzzzzzz_')
    for (const id of ['bak_1', forged, `${backup.id}0`])
      expect(refusal(await read(id))).toEqual([404, 'backup_not_found'])
    clock.advance(86_400_001)
    expect(refusal(await read(backup.id))).toEqual([404, 'backup_not_found'])
  })

  test('refuse cursors that are none, and databases that there are not', async () => {
    const { body: backup } = await operate('POST backups/')
    const cursor = btoa(JSON.stringify({ table: 'sqlite_master', after: null, seal: null }))
    for (const bad of ['x', cursor])
      expect(refusal(await operate(`GET backups/${backup.id}/databases/DB/?cursor=${bad}`))).toEqual([
        400,
        'invalid_cursor',
      ])
    expect(refusal(await operate(`GET backups/${backup.id}/databases/KV/`))).toEqual([404, 'not_found'])
    expect(refusal(await operate(`GET backups/${backup.id}/sites/site_1/?cursor=x`))).toEqual([400, 'invalid_cursor'])
    // an object that has given the backup up, as after a deployment
    const site = await connectWordPress()
    const gone = btoa(JSON.stringify({ place: { table: 'items', old: false, after: null }, seal: null }))
    const again = await operate(`GET backups/${backup.id}/sites/${site.siteId}/?cursor=${gone}`)
    expect(refusal(again)).toEqual([409, 'dump_ended'])
    // an object that holds nothing
    expect((await readFile(`backups/${backup.id}/sites/site_never_used/`)).join('')).toMatch(/^\{"kind":"end"/)
  })
})
