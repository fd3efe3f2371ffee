/** Bytes that a row of D1 takes with its indexes: each table is filled from the lab's own rows and its pages are added up. */
import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { temporaryFolder } from '../../scripts/lib/paths.ts'

/** Enough that half-filled pages at the end don't matter. */
const ROWS = 4_000
/** Sites over which the rows of one table are spread, as in a real table. */
const SITES = 97

const random = (prefix: string, bytes = 16) => `'${prefix}' || lower(hex(randomblob(${bytes})))`
/** Ids begin with the time. */
const timed = (prefix: string) =>
  `'${prefix}' || printf('%012x', 1790000000000 + n * 1000) || lower(hex(randomblob(10)))`
const spread = (prefix: string) => `'${prefix}' || printf('%032x', (n * 7919) % ${SITES})`

/** Before the tables of an event database. */
const OF_EVENTS = /^events\./

/** How the columns that must differ from row to row are made. */
const COLUMNS: Record<string, Record<string, string>> = {
  sites: { id: random('site_'), account_id: spread('acc_') },
  integrations: {
    id: random('int_'),
    site_id: random('site_'),
    account_id: spread('acc_'),
    next_check_at: '1790000000000 + n * 31',
  },
  api_keys: { id: random('key_'), hash: random('', 32), site_id: random('site_'), account_id: spread('acc_') },
  connection_watch: { integration_id: random('int_'), account_id: spread('acc_') },
  accounts: { id: random('acc_') },
  users: { id: random('usr_'), email: `${random('', 8)} || '@example.com'` },
  user_credentials: { id: random('cred_'), user_id: random('usr_'), account_id: random('usr_') },
  memberships: { user_id: random('usr_'), account_id: random('acc_') },
  sessions: { id: random('ses_'), token: random(''), user_id: spread('usr_') },
  'events.sync_events': {
    id: timed('evt_'),
    integration_id: spread('int_'),
    site_id: spread('site_'),
    account_id: spread('acc_'),
    run_id: `CASE WHEN run_id IS NULL THEN NULL ELSE ${timed('run_')} END`,
  },
  'events.notification_messages': { id: timed('msg_'), account_id: spread('acc_') },
  'events.notification_deliveries': { id: timed('dlv_'), account_id: spread('acc_'), message_id: timed('msg_') },
  audit_log: { account_id: spread('acc_'), seq: 'n', mac: random('', 32), hash: random('', 32) },
}

type Databases = Record<'control' | 'events', DatabaseSync>

const isFilled = (database: DatabaseSync, table: string) =>
  database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined &&
  database.prepare(`SELECT 1 FROM ${table}`).get() !== undefined

/** Copies of the lab's databases, which the runtime has let go: of the two with event tables, that which has events. */
function openCopies(folder: string): Databases {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sqlite'))
  const found: Partial<Databases> = {}
  for (const file of files) {
    const copy = join(temporaryFolder('cost-d1'), 'd1.sqlite')
    for (const ending of ['', '-wal']) {
      if (existsSync(join(folder, file) + ending)) copyFileSync(join(folder, file) + ending, copy + ending)
    }
    const database = new DatabaseSync(copy)
    if (isFilled(database, 'accounts')) found.control = database
    else if (isFilled(database, 'sync_events')) found.events = database
    else database.close()
  }
  const { control, events } = found
  if (!control || !events) throw new Error('the lab left no D1')
  return { control, events }
}

function measureTable(database: DatabaseSync, table: string, changed: Record<string, string>): number {
  const names = database
    .prepare(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map(({ name }) => String(name))
  const values = names.map((name) => `${changed[name] ?? `"${name}"`} AS "${name}"`)
  const rows = `SELECT *, row_number() OVER () - 1 AS at, count(*) OVER () AS of FROM "${table}"`
  const series = `WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${ROWS})`
  database.exec(`CREATE TEMP TABLE made AS ${series}, row AS (${rows})
    SELECT ${values.join(', ')} FROM series JOIN row ON row.at = series.n % row.of`)
  database.exec(`DELETE FROM "${table}"; INSERT INTO "${table}" SELECT * FROM made; DROP TABLE made`)
  const { n } = database.prepare(`SELECT count(*) AS n FROM "${table}"`).get() ?? {}
  const { bytes } =
    database
      .prepare(
        `SELECT sum(pgsize) AS bytes FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = ?)`,
      )
      .get(table) ?? {}
  return Number(n) > 0 ? Number(bytes) / Number(n) : 0
}

/**
 * Bytes of a row in each table that grows; 0 for one of which the lab has no row.
 * @param folder where the runtime kept its databases; it must have ended
 */
export function measureRowBytes(folder: string): Record<string, number> {
  const databases = openCopies(folder)
  try {
    for (const database of Object.values(databases)) {
      database.exec('PRAGMA foreign_keys = OFF')
      for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all())
        database.exec(`DROP TRIGGER "${String(name)}"`)
    }
    const bytesOf = (name: string, changed: Record<string, string>) => {
      const table = name.replace(OF_EVENTS, '')
      return measureTable(table === name ? databases.control : databases.events, table, changed)
    }
    return Object.fromEntries(Object.entries(COLUMNS).map(([name, changed]) => [name, bytesOf(name, changed)]))
  } finally {
    for (const database of Object.values(databases)) database.close()
  }
}
