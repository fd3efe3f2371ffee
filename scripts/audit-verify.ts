// npm run audit:verify: verifies the audit log of every account. Without options on the database of `npm start`; with
// `-- --remote` on production's, `-- --persist-to FOLDER` on another local one. The secret is read from the environment
// (API_KEY_PEPPER), and for `npm start` from its own file. `-- --head ACCOUNT:SEQ:HASH` also holds a head of the Worker's
// log against the chain, which shows records that were cut off the end.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type AuditHead, type AuditRow, findBreak } from '../src/services/audit/chain.ts'
import { wranglerEnvironment } from './api.ts'
import { cacheFolder, NODE, ROOT, WRANGLER } from './lib/paths.ts'
import { runCommand } from './lib/processes.ts'

const PAGE_ROWS = 1000
const START = join(cacheFolder('start'), 'api')

const { values: options } = parseArgs({
  options: {
    remote: { type: 'boolean', default: false },
    'persist-to': { type: 'string' },
    head: { type: 'string', multiple: true, default: [] },
  },
})

function readPepper(): string {
  const own = process.env.API_KEY_PEPPER
  if (own) return own
  const file = join(START, 'dev.vars')
  const isOfStart = !options.remote && options['persist-to'] === undefined && existsSync(file)
  const found = isOfStart ? /^API_KEY_PEPPER\s*=\s*"?([^"\n]+)"?$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined
  if (found === undefined) throw new Error('set API_KEY_PEPPER, the secret under which the log was written')
  return found
}

/** One page of all accounts' records after a place, in their order. The values come from the log itself: no quotes. */
async function readPage(after: { accountId: string; seq: number }): Promise<AuditRow[]> {
  if (!/^\w*$/.test(after.accountId))
    throw new Error(`the account ${JSON.stringify(after.accountId)} is none of IGNY8's`)
  const command = `SELECT account_id AS accountId, seq, actor, action, entity_id AS entityId, metadata,
    request_id AS requestId, created_at AS createdAt, hash, mac, origin, origin_digest AS originDigest FROM audit_log
    WHERE (account_id, seq) > ('${after.accountId}', ${after.seq}) ORDER BY account_id, seq LIMIT ${PAGE_ROWS}`
  const where = options.remote
    ? ['--remote']
    : ['--local', '--persist-to', options['persist-to'] ?? join(START, 'state')]
  const args = [WRANGLER, 'd1', 'execute', 'DB', '--json', ...where, '--command', command]
  const env = options.remote ? { ...process.env } : wranglerEnvironment(START)
  const { stdout } = await runCommand(NODE, args, { cwd: ROOT, env: { ...env, CI: '1' } })
  const [answer] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { results: AuditRow[] }[]
  return answer?.results ?? []
}

interface Account {
  head: AuditHead | null
  /** Where its chain breaks, in words. */
  fault: string | null
  /** The newest records are about to be sealed by who wrote them. */
  isPending: boolean
}

/** The next tick seals what a request left. */
const SEALING_MS = 180_000
const newAccount = (): Account => ({ head: null, fault: null, isPending: false })

/** A record goes through its account's chain; after the first break nothing of the account counts. */
async function follow(account: Account, row: AuditRow, pepper: string): Promise<void> {
  if (account.fault !== null || account.isPending) return
  const seq = (account.head?.seq ?? 0) + 1
  const found = await findBreak(pepper, account.head, row)
  const known = options.head.find((head) => head.startsWith(`${row.accountId}:${seq}:`))
  if (found === 'unsealed' && row.createdAt > Date.now() - SEALING_MS) account.isPending = true
  else if (found) account.fault = `record ${seq} is ${found}`
  else if (known !== undefined && known !== `${row.accountId}:${seq}:${row.hash}`)
    account.fault = `record ${seq} is not the one that --head names`
  else account.head = { seq, hash: row.hash }
}

async function main(): Promise<void> {
  const pepper = readPepper()
  const accounts = new Map<string, Account>()
  let last = { accountId: '', seq: 0 }
  for (;;) {
    const rows = await readPage(last)
    for (const row of rows) {
      const account = accounts.get(row.accountId) ?? newAccount()
      accounts.set(row.accountId, account)
      await follow(account, row, pepper)
      last = row
    }
    if (rows.length < PAGE_ROWS) break
  }
  for (const known of options.head) {
    const [accountId = '', seq = ''] = known.split(':')
    const account = accounts.get(accountId) ?? newAccount()
    accounts.set(accountId, account)
    if ((account.head?.seq ?? 0) < Number(seq)) account.fault ??= `it ends before record ${seq}, which --head names`
  }
  const broken = [...accounts].filter(([, { fault }]) => fault !== null)
  for (const [id, { fault }] of broken) console.error(`✗ ${id}: ${fault}`)
  const records = [...accounts.values()].reduce((sum, { head }) => sum + (head?.seq ?? 0), 0)
  console.log(`${accounts.size} accounts, ${records} records verified, ${broken.length} broken.`)
  if (broken.length > 0) process.exitCode = 1
}

await main()
