import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Drill, startDrill, syncSite } from '../../bench/lib/drill.ts'
import { PERSON } from '../../bench/lib/seed.ts'
import { createClient } from '../../scripts/lib/client.ts'
import { temporaryFolder } from '../../scripts/lib/paths.ts'
import { stopEverything } from '../../scripts/lib/shutdown.ts'

// T74: the drill. Everything that a deployment keeps is lost, and there again, by the commands that operators have.

const ITEMS = 60

let drill: Drill
let folder: string

beforeAll(async () => {
  drill = await startDrill(inject('worker'), inject('migrated'), ITEMS)
  folder = join(temporaryFolder('drill-backup'), 'backup')
})
afterAll(async () => {
  await drill.stop()
  await stopEverything()
})

interface Item {
  id: string
  title: string
}

const integration = () => `/integration/integrations/${drill.site.integrationId}`
const content = () => `/sites/${drill.site.siteId}/content`
const readItems = async () => (await drill.owner.get<{ results: Item[] }>(`${content()}/?limit=100`)).results
const edit = (item: Item, title: string) => drill.owner.patch<Item>(`${content()}/${item.id}`, { title })

/** Rows that a restore itself makes: it fences what was under way, looks at the site soon, and is recorded. */
const OWN =
  /(?:integrations|audit_log|ticks|database_sizes|_cf_\w+|schedule|drift_check|integration|key_gate|sqlite_sequence)$/

test('T74 what a backup holds is there again after everything was lost', async () => {
  expect(await syncSite(drill)).toMatchObject({ status: 'succeeded', counts: { created: ITEMS } })
  const [first] = await readItems()
  if (!first) throw new Error('no items')
  await edit(first, 'Edited in IGNY8')
  await syncSite(drill)
  const revoked = await drill.owner.post<{ id: string; key: string }>(`/sites/${drill.site.siteId}/api-keys/`, {})
  await drill.owner.delete(`/sites/${drill.site.siteId}/api-keys/${revoked.id}/`)
  const before = await drill.readAll()

  expect(await drill.command('backup', '--to', folder)).toContain('The backup is whole')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  expect(names.filter((name) => name.endsWith('.gz'))).toHaveLength(3)
  for (const name of names) expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0])

  await drill.destroy()
  await expect(drill.owner.get('/sites/')).rejects.toThrow('401')
  expect(await drill.command('restore', '--from', folder)).toContain('Restored')

  const after = await drill.readAll()
  expect(Object.keys(after).toSorted()).toEqual(Object.keys(before).toSorted())
  const compared = Object.keys(before).filter((table) => !OWN.test(table))
  expect(compared.length).toBeGreaterThan(40)
  for (const table of compared) expect([table, after[table]]).toEqual([table, before[table]])
  const log = Object.keys(before).find((table) => table.endsWith('audit_log')) ?? ''
  expect(after[log]).toEqual(expect.arrayContaining(before[log] ?? []))

  const { email, password } = PERSON
  expect(await createClient(drill.url).post('/auth/sign-in/email', { email, password })).toHaveProperty('token')
  const withKey = createClient(drill.url, drill.site.key)
  expect(await withKey.get(integration())).toMatchObject({ id: drill.site.integrationId })
  await expect(createClient(drill.url, revoked.key).get(integration())).rejects.toThrow('401')
  expect((await readItems()).map(({ title }) => title)).toContain('Edited in IGNY8')
  const { counts } = await syncSite(drill)
  expect(counts).toMatchObject({ created: 0, updated: 0, deleted: 0, failed: 0, conflicts: 0 })
}, 120_000)

test('T74 a deployment that is in use refuses the backup of everything, and takes that of a site', async () => {
  await expect(drill.command('restore', '--from', folder)).rejects.toThrow('empty')
  const [first] = await readItems()
  if (!first) throw new Error('no items')
  await edit(first, 'Edited after the backup')
  const one = ['--from', folder, '--site', drill.site.siteId]
  await expect(drill.command('restore', ...one)).rejects.toThrow('--replace')
  expect(await drill.command('restore', ...one, '--replace')).toContain('Restored')
  expect((await readItems()).find(({ id }) => id === first.id)?.title).toBe(first.title)
  // the edit may have reached the site before
  await syncSite(drill)
}, 60_000)

test('T74 a site is put back to a moment, and that is taken back', async () => {
  const [first] = await readItems()
  if (!first) throw new Error('no items')
  const moment = new Date().toISOString()
  await edit(first, 'Edited by mistake')
  const titleOf = async () => (await readItems()).find(({ id }) => id === first.id)?.title
  const to = [drill.site.siteId, '--to', moment]
  expect(await drill.command('restore-site', ...to)).toContain(first.id)
  expect(await titleOf()).toBe('Edited by mistake')
  const done = await drill.command('restore-site', ...to, '--apply')
  expect(done).toContain('changed 1')
  expect(await titleOf()).toBe(first.title)
  const id = /rst_\w+/.exec(done)?.[0] ?? ''
  expect(await drill.command('restore-site', drill.site.siteId, '--list')).toContain(id)
  await drill.command('restore-site', drill.site.siteId, '--undo', id)
  expect(await titleOf()).toBe('Edited by mistake')
  await expect(drill.command('restore-site', ...to, '--rewind')).rejects.toThrow('point-in-time recovery')
}, 60_000)

test('T74 a folder with a backup is not written into again, and can be verified', async () => {
  await expect(drill.command('backup', '--to', folder)).rejects.toThrow('has a backup already')
  expect(await drill.command('restore', '--from', folder, '--check')).toContain('is whole')
}, 60_000)
