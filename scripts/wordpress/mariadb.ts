import { randomBytes } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../lib/paths.ts'
import { runCommand, startService, tail } from '../lib/processes.ts'
import { FatalWaitError, waitFor } from '../lib/wait.ts'

export type DatabaseConstants = { DB_NAME: string; DB_USER: string; DB_PASSWORD: string; DB_HOST: string }
export type MariaDb = {
  /** Runs SQL as root and gives what the client prints. */
  sql: (statements: string) => Promise<string>
  /** Makes an empty database and gives the constants of wp-config.php for it. */
  createDatabase: () => Promise<DatabaseConstants>
  stop: () => Promise<void>
}

const START_TIMEOUT_MS = 30_000

/** A MariaDB server that is thrown away at the end: a unix socket and no network. One can serve many sites. */
export async function startMariaDb(): Promise<MariaDb> {
  const folder = temporaryFolder('mariadb')
  chmodSync(folder, 0o711) // the web server of a site may be another user, and needs the socket
  const [data, socket] = [join(folder, 'data'), join(folder, 'mariadb.sock')]
  const install = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db']
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
  await runCommand('mariadb-install-db', [...install, ...asRoot])
  const tuning = ['--innodb-buffer-pool-size=64M', '--innodb-flush-log-at-trx-commit=0', '--innodb-log-file-size=16M']
  const server = ['--no-defaults', ...asRoot, `--datadir=${data}`, `--socket=${socket}`, '--skip-networking', ...tuning]
  const service = startService('mariadbd', server, join(folder, 'mariadbd.log'))
  const sql = async (statements: string) =>
    (await runCommand('mariadb', ['--no-defaults', '-uroot', '-S', socket, '-N', '-B'], { input: statements })).stdout
  await waitFor('the start of MariaDB', START_TIMEOUT_MS, async () => {
    if (!service.isRunning()) throw new FatalWaitError(`MariaDB ended at once:\n${tail(service.log())}`)
    return sql('SELECT 1')
  })
  async function createDatabase(): Promise<DatabaseConstants> {
    const name = `wp_${randomBytes(4).toString('hex')}`
    await sql(`CREATE DATABASE ${name} CHARACTER SET utf8mb4;
      CREATE USER IF NOT EXISTS wp@localhost IDENTIFIED BY 'wp'; GRANT ALL ON ${name}.* TO wp@localhost;`)
    return { DB_NAME: name, DB_USER: 'wp', DB_PASSWORD: 'wp', DB_HOST: `localhost:${socket}` }
  }
  return { sql, createDatabase, stop: service.stop }
}
