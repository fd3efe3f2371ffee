/** `npm run audit:verify`, as an auditor runs it: the whole command, on a database of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readD1Migrations } from '@cloudflare/vitest-plugin'
import { drizzle } from 'drizzle-orm/d1'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getPlatformProxy } from 'wrangler'
import { NODE, ROOT } from '../../scripts/lib/paths.ts'
import { tryCommand } from '../../scripts/lib/processes.ts'
import { appendAudit, type AuditContext } from '../../src/services/audit/append.ts'

const PEPPER = 'a pepper for the tests of this command'
const RECORDS = 5
/** Heads that an auditor holds, as options. */
const heads: string[] = []

const folder = mkdtempSync(join(tmpdir(), 'igny8-audit-'))
let database: D1Database
let close = (): Promise<void> => Promise.resolve()

beforeAll(async () => {
  const proxy = await getPlatformProxy<{ DB: D1Database }>({
    configPath: join(ROOT, 'wrangler.toml'),
    persist: { path: join(folder, 'v3') },
  })
  database = proxy.env.DB
  close = () => proxy.dispose()
  // in this process: a wrangler for each database would take several times as long
  for (const { queries } of await readD1Migrations(join(ROOT, 'migrations')))
    await database.batch(queries.map((query) => database.prepare(query)))
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

const run = (...options: string[]) =>
  tryCommand(NODE, [join(ROOT, 'scripts/run.mjs'), 'scripts/audit-verify.ts', '--persist-to', folder, ...options], {
    cwd: ROOT,
    env: { API_KEY_PEPPER: PEPPER },
  })

const hashOf = (accountId: string, seq: number) =>
  database
    .prepare('SELECT hash FROM audit_log WHERE account_id = ? AND seq = ?')
    .bind(accountId, seq)
    .first<string>('hash')

/** What is done to the records of an account of its own, and how it is named. */
const FORGERIES: Record<string, { change: string; words: string; records: number }> = {
  acc_altered: {
    change: "UPDATE audit_log SET entity_id = 'site_x' WHERE account_id = 'acc_altered' AND seq = 3",
    words: 'record 3 is forged',
    records: 2,
  },
  acc_missing: {
    change: "DELETE FROM audit_log WHERE account_id = 'acc_missing' AND seq = 3",
    words: 'record 3 is missing',
    records: 2,
  },
  acc_swapped: {
    change: `UPDATE audit_log SET seq = CASE seq WHEN 3 THEN -4 WHEN 4 THEN -3 END
      WHERE account_id = 'acc_swapped' AND seq IN (3, 4); UPDATE audit_log SET seq = -seq WHERE seq < 0`,
    words: 'record 3 is moved',
    records: 2,
  },
}

// each run of the command starts a runtime: the tests share what one can show
test('T47 good chains verify, with the head that an auditor holds', { timeout: 120_000 }, async () => {
  for (const accountId of ['acc_one', 'acc_cut']) await write(accountId)
  const { code, stdout, stderr } = await run('--head', `acc_one:5:${await hashOf('acc_one', 5)}`)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('2 accounts, 10 records verified, 0 broken.')
})

test('T47 records cut off the end are no fault without a head from outside', { timeout: 120_000 }, async () => {
  heads.push('--head', `acc_cut:5:${await hashOf('acc_cut', 5)}`)
  await database.exec("DELETE FROM audit_log WHERE account_id = 'acc_cut' AND seq = 5")
  expect((await run()).code).toBe(0)
})

test(
  'T47 altered, missing and moved records fail, each named with its account; cut off ones against their head',
  { timeout: 120_000 },
  async () => {
    for (const accountId of Object.keys(FORGERIES)) await write(accountId)
    for (const { change } of Object.values(FORGERIES)) await database.exec(change.replaceAll('\n', ' '))
    const { code, stdout, stderr } = await run(...heads)
    expect(code).toBe(1)
    const named = Object.entries(FORGERIES).map(([accountId, { words }]) => `${accountId}: ${words}`)
    for (const line of [...named, 'acc_cut: it ends before record 5']) expect(stderr).toContain(line)
    expect(stderr).not.toContain('acc_one')
    const verified = 5 + 4 + Object.values(FORGERIES).reduce((sum, { records }) => sum + records, 0)
    expect(stdout).toContain(`5 accounts, ${verified} records verified, 4 broken.`)
  },
)

test('T47 without the secret nothing is verified', { timeout: 120_000 }, async () => {
  const { code, stderr } = await tryCommand(
    NODE,
    [join(ROOT, 'scripts/run.mjs'), 'scripts/audit-verify.ts', '--persist-to', folder],
    { cwd: ROOT, env: { API_KEY_PEPPER: undefined } },
  )
  expect([code === 0, stderr]).toEqual([false, expect.stringContaining('set API_KEY_PEPPER')])
})
