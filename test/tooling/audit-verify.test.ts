/** `npm run audit:verify`, as an auditor runs it: the whole command, on a database of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/d1'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { getPlatformProxy } from 'wrangler'
import { migrateLocally } from '../../scripts/api.ts'
import { NODE, ROOT } from '../../scripts/lib/paths.ts'
import { tryCommand } from '../../scripts/lib/processes.ts'
import { appendAudit, type AuditContext } from '../../src/services/audit/append.ts'

const PEPPER = 'a pepper for the tests of this command'
const RECORDS = 5

const folder = mkdtempSync(join(tmpdir(), 'igny8-audit-'))
let database: D1Database
let close = (): Promise<void> => Promise.resolve()

beforeAll(async () => {
  await migrateLocally(folder)
  const proxy = await getPlatformProxy<{ DB: D1Database }>({
    configPath: join(ROOT, 'wrangler.toml'),
    persist: { path: join(folder, 'v3') },
  })
  database = proxy.env.DB
  close = () => proxy.dispose()
}, 120_000)

afterAll(async () => {
  await close()
  rmSync(folder, { recursive: true, force: true })
})

/** Records of an account, written and sealed by the API's own code. */
async function write(accountId: string): Promise<void> {
  const sealing: Promise<unknown>[] = []
  const ctx = {
    db: drizzle(database),
    actor: { kind: 'system', accountId },
    config: { apiKeyPepper: PEPPER },
    now: Date.now,
    requestId: 'req_1',
    background: (work: Promise<unknown>) => void sealing.push(work),
  } as unknown as AuditContext
  for (let record = 0; record < RECORDS; record++) {
    await appendAudit({ ctx, input: { entry: { action: 'site.updated', entityId: `site_${record}` }, changes: [] } })
    await Promise.all(sealing)
  }
}

beforeEach(async () => {
  await database.exec('DELETE FROM audit_log')
  for (const accountId of ['acc_one', 'acc_two']) await write(accountId)
}, 60_000)

const run = (...options: string[]) =>
  tryCommand(NODE, [join(ROOT, 'scripts/run.mjs'), 'scripts/audit-verify.ts', '--persist-to', folder, ...options], {
    cwd: ROOT,
    env: { API_KEY_PEPPER: PEPPER },
  })

const hashOf = (seq: number) =>
  database
    .prepare("SELECT hash FROM audit_log WHERE account_id = 'acc_one' AND seq = ?")
    .bind(seq)
    .first<string>('hash')

test('T47 a good chain verifies, with the head that an auditor holds', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await run('--head', `acc_one:5:${await hashOf(5)}`)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('2 accounts, 10 records verified, 0 broken.')
})

test.each([
  [
    'an altered record',
    "UPDATE audit_log SET entity_id = 'site_x' WHERE account_id = 'acc_one' AND seq = 3",
    'record 3 is forged',
  ],
  ['a missing record', "DELETE FROM audit_log WHERE account_id = 'acc_one' AND seq = 3", 'record 3 is missing'],
  [
    'two records that changed places',
    "UPDATE audit_log SET seq = CASE seq WHEN 3 THEN -4 WHEN 4 THEN -3 END WHERE account_id = 'acc_one' AND seq IN (3, 4); UPDATE audit_log SET seq = -seq WHERE seq < 0",
    'record 3 is moved',
  ],
])('T47 %s fails, and is named with its account', { timeout: 120_000 }, async (_name, change, words) => {
  await database.exec(change)
  const { code, stdout, stderr } = await run()
  expect(code).toBe(1)
  expect(stderr).toContain(`acc_one: ${words}`)
  expect(stdout).toContain('2 accounts, 7 records verified, 1 broken.')
})

test('T47 records cut off the end fail against a head from outside alone', { timeout: 120_000 }, async () => {
  const head = `acc_one:5:${await hashOf(5)}`
  await database.exec("DELETE FROM audit_log WHERE account_id = 'acc_one' AND seq = 5")
  expect((await run()).code).toBe(0)
  const held = await run('--head', head)
  expect([held.code, held.stderr]).toEqual([1, expect.stringContaining('it ends before record 5')])
})

test('T47 without the secret nothing is verified', { timeout: 120_000 }, async () => {
  const { code, stderr } = await tryCommand(
    NODE,
    [join(ROOT, 'scripts/run.mjs'), 'scripts/audit-verify.ts', '--persist-to', folder],
    { cwd: ROOT, env: { API_KEY_PEPPER: undefined } },
  )
  expect([code === 0, stderr]).toEqual([false, expect.stringContaining('set API_KEY_PEPPER')])
})
