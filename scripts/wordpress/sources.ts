import { existsSync, renameSync, rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../lib/paths.ts'
import { runCommand } from '../lib/processes.ts'
import { removeAtExit } from '../lib/shutdown.ts'
import { BUILDS, type NpmSource, PLAYGROUND_CLI, unpackNpm } from './downloads.ts'
import { downloadPackages } from './packages.ts'
import { extractZip } from './zip.ts'

/** The versions of WordPress to be had, oldest first: 6.1 from Debian, the others from the builds of WordPress Playground. */
export const WORDPRESS_VERSIONS = ['6.1', '6.2', '6.3', '6.4', '6.5', '6.6', '6.7'] as const
export type WordPressVersion = (typeof WORDPRESS_VERSIONS)[number]
/** The newest release. 6.6 is a release candidate there and 6.7 a nightly build. */
export const STABLE: WordPressVersion = '6.5'
export const NEWEST: WordPressVersion = '6.7'

const BUILD_NAMES: Partial<Record<WordPressVersion, string>> = { '6.6': 'beta', '6.7': 'nightly' }
const THEMES = new Set(['twentytwentythree', 'twentytwentyfour'])

export type Sources = { wordpress: string; sqliteDriver: string }

/** Folders with this version of WordPress and with the SQLite driver that fits it, downloaded when they are not there yet. */
export async function ensureSources(version: WordPressVersion): Promise<Sources> {
  const wordpress = await (version === '6.1' ? ensureDebianBuild() : ensurePlaygroundBuild(version))
  const driver = version === '6.1' ? { name: 'sqlite-2', source: BUILDS } : { name: 'sqlite-3', source: PLAYGROUND_CLI }
  return { wordpress, sqliteDriver: await ensureSqliteDriver(driver.name, driver.source) }
}

/**
 * A folder of the cache that is either whole or not there: `fill` works in a temporary folder beside it, which is renamed at the
 * end. Whoever comes second while two processes fill the same one throws its own away.
 */
function ensureFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const pending = filling.get(name) ?? fillFolder(name, fill)
  filling.set(name, pending)
  return pending
}
const filling = new Map<string, Promise<string>>()

async function fillFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const cache = cacheFolder('wordpress')
  const target = join(cache, name)
  if (existsSync(target)) return target
  const temporary = await mkdtemp(join(cache, `.${name}-`))
  removeAtExit(temporary)
  try {
    const content = join(temporary, 'content')
    await mkdir(content)
    await fill(content)
    if (!existsSync(target)) renameSync(content, target)
  } catch (error) {
    if (!existsSync(target)) throw error
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  return target
}

function ensurePlaygroundBuild(version: WordPressVersion): Promise<string> {
  return ensureFolder(version, async (folder) => {
    const name = `wp-${BUILD_NAMES[version] ?? version}`
    const [zip, statics] = [`package/src/wordpress/${name}.zip`, `package/public/${name}`]
    await unpackNpm(BUILDS, [zip, statics], async (unpacked) => {
      await cp(join(unpacked, statics), folder, { recursive: true })
      extractZip(await readFile(join(unpacked, zip)), folder)
    })
    await keepNeeded(folder)
  })
}

/** Debian's package, without what belongs to Debian: its configuration, and links into other packages. */
function ensureDebianBuild(): Promise<string> {
  return ensureFolder('6.1', async (folder) => {
    const work = join(folder, '..', 'debian')
    await mkdir(work)
    await downloadPackages(['wordpress', 'php-getid3'], work)
    for (const file of await readdir(work)) await runCommand('dpkg-deb', ['-x', join(work, file), join(work, 'root')])
    const share = join(work, 'root/usr/share')
    await cp(join(share, 'wordpress'), folder, { recursive: true, verbatimSymlinks: true })
    rmSync(join(folder, 'wp-includes/ID3'), { recursive: true })
    await cp(join(share, 'php/getid3'), join(folder, 'wp-includes/ID3'), { recursive: true })
    const theme = 'wp-content/themes/twentytwentythree'
    await cp(join(await ensurePlaygroundBuild(STABLE), theme), join(folder, theme), { recursive: true })
    await keepNeeded(folder)
  })
}

function ensureSqliteDriver(name: string, source: NpmSource): Promise<string> {
  const zip = source.sqliteZip
  return ensureFolder(name, async (folder) => {
    await unpackNpm(source, [zip], async (unpacked) => extractZip(await readFile(join(unpacked, zip)), folder, 1))
  })
}

/** Drops what no site here uses: other themes, the sample plugin, readable twins of minified files, another host's configuration. */
async function keepNeeded(folder: string): Promise<void> {
  const themes = join(folder, 'wp-content/themes')
  const unused = (await readdir(themes)).filter((name) => !THEMES.has(name) && name !== 'index.php')
  for (const name of unused) rmSync(join(themes, name), { recursive: true })
  for (const path of ['.htaccess', 'wp-config.php', 'wp-content/database', 'wp-content/db.php', 'wp-content/plugins'])
    rmSync(join(folder, path), { recursive: true, force: true })
  for (const tree of ['wp-admin', 'wp-includes']) {
    const files = await readdir(join(folder, tree), { recursive: true })
    const minified = new Set(files.filter((file) => /\.min\.(js|css)$/.test(file)))
    for (const file of files) {
      if (minified.has(file.replace(/\.(js|css)$/, '.min.$1'))) rmSync(join(folder, tree, file))
    }
  }
}
