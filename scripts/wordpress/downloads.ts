import { createHash } from 'node:crypto'
import { createReadStream, rmSync } from 'node:fs'
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { cacheFolder } from '../lib/paths.ts'
import { hasCommand, runCommand } from '../lib/processes.ts'
import { removeAtExit } from '../lib/shutdown.ts'

/** An npm package that is only a transport of files: never installed, its tarball is checked against `sha512` (base64). */
export type NpmSource = { spec: string; sha512: string; sqliteZip: string }

/** WordPress 6.2 to 6.5, a release candidate of 6.6 and a nightly build of 6.7, with wp-admin's static files (158 MB). */
export const BUILDS: NpmSource = {
  spec: '@wp-playground/wordpress-builds@0.9.19',
  sha512: 'dlqvh/MJDpE5W68vgPPKUjpip6zMuBh59L3D18ZX+pdwurC4q4ydrTww/3sTMV69BBcoH6kF93YtAtujNC5Mpw==',
  sqliteZip: 'package/src/sqlite-database-integration/sqlite-database-integration.zip',
}
/** Carries the SQLite driver 3, for WordPress 6.2 or later. */
export const PLAYGROUND_CLI: NpmSource = {
  spec: '@wp-playground/cli@3.1.56',
  sha512: 'JTxl6djPEM2YRYz/w+BUoyoCvhSGHIjqMi4fMV1b8o1UPNvZatLaS7opo57UsrVElXrfdZwvi6IuyS4LswUx9Q==',
  sqliteZip: 'package/sqlite-database-integration.zip',
}

/** Unpacks `members` of the tarball into a folder that is gone after `use`. */
export async function unpackNpm(
  source: NpmSource,
  members: string[],
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const pending = tarballs.get(source.spec) ?? download(source)
  tarballs.set(source.spec, pending)
  const tarball = await pending
  const folder = await mkdtemp(join(cacheFolder('wordpress'), '.unpacked-'))
  try {
    await runCommand('tar', ['-xzf', tarball, '-C', folder, ...members])
    await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Tarballs that this process has downloaded: one carries several versions. They go with the process. */
const tarballs = new Map<string, Promise<string>>()

async function download({ spec, sha512 }: NpmSource): Promise<string> {
  const folder = await mkdtemp(join(cacheFolder('wordpress'), '.download-'))
  removeAtExit(folder)
  await npm(['pack', spec, '--silent', '--pack-destination', folder], folder)
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
  if (!tarball) throw new Error(`npm pack ${spec} left no file`)
  const found = await digest(join(folder, tarball))
  if (found !== sha512) throw new Error(`${spec} is not the expected file: its sha512 is ${found}`)
  return join(folder, tarball)
}

/** Runs npm: the one that runs this script, else the one on the path. */
export async function npm(args: string[], cwd: string): Promise<void> {
  const script = process.env.npm_execpath ?? ''
  if (script.endsWith('npm-cli.js')) await runCommand(process.execPath, [script, ...args], { cwd })
  else if (await hasCommand('npm')) await runCommand('npm', args, { cwd })
  else throw new Error('npm is needed to download WordPress, and it is not on the path')
}

/** Installs an npm package of this repository that the root package leaves out, when it is not there or its lock file is newer. */
export async function ensurePackage(folder: string): Promise<void> {
  const lock = await readFile(join(folder, 'package-lock.json'), 'utf8')
  const stamp = join(folder, 'node_modules/.installed-lock')
  if ((await readFile(stamp, 'utf8').catch(() => '')) === lock) return
  await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder)
  await writeFile(stamp, lock)
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  return hash.digest('base64')
}
