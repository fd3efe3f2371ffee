/**
 * `npm run release:keep -- v0.1.0`: keeps what a release is made of, so that tests have it beside today's code: the Worker
 * as it is deployed, the plugin's zip, and the names of the migrations. Built from that commit, with today's tools.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { NODE, ROOT, temporaryFolder, WRANGLER } from './lib/paths.ts'

const [ref] = process.argv.slice(2)
if (ref === undefined) throw new Error('Name the commit or tag of the release.')
const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()

const folder = temporaryFolder('release')
const [tree, out] = [join(folder, 'tree'), join(folder, 'out')]
git('worktree', 'add', '--detach', tree, ref)
try {
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
  const options = { cwd: tree, env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: folder } }
  execFileSync(NODE, ['scripts/plugin-zip.ts'], { ...options, stdio: 'inherit' })
  execFileSync(NODE, [WRANGLER, 'deploy', '--dry-run', '--outdir', out], { ...options, stdio: 'inherit' })
  const { version } = JSON.parse(readFileSync(join(tree, 'package.json'), 'utf8')) as { version: string }
  const target = join(ROOT, 'test/fixtures/releases', version)
  mkdirSync(target, { recursive: true })
  const worker = readFileSync(join(out, 'index.js'))
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 }
  writeFileSync(join(target, 'worker.js.br'), brotliCompressSync(worker, { params }))
  cpSync(join(tree, 'dist/igny8-wordpress-bridge.zip'), join(target, 'plugin.zip'))
  const migrationsOf = (folder: string) =>
    readdirSync(join(tree, folder))
      .filter((name) => name.endsWith('.sql'))
      .toSorted()
  const release = {
    version,
    commit: git('rev-parse', `${ref}^{commit}`),
    migrations: migrationsOf('migrations'),
    eventMigrations: migrationsOf('migrations-events'),
  }
  writeFileSync(join(target, 'release.json'), `${JSON.stringify(release, null, 2)}\n`)
  console.info(`kept ${version} in ${target}`)
} finally {
  git('worktree', 'remove', '--force', tree)
}
