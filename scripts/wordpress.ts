// npm run wordpress: a real WordPress with this checkout's plugin, for trying things out. See --help.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PLUGIN } from './lib/paths.ts'
import { step } from './lib/progress.ts'
import { stopEverything } from './lib/shutdown.ts'
import type { Constants } from './wordpress/config.ts'
import { PRODUCTS_MU_PLUGIN, SAMPLE_CONTENT, createContent } from './wordpress/content.ts'
import { ADMIN } from './wordpress/install.ts'
import { startMariaDb } from './wordpress/mariadb.ts'
import { startWordPress } from './wordpress/native.ts'
import { WORDPRESS_PACKAGES, installPackages } from './wordpress/packages.ts'
import { STABLE, WORDPRESS_VERSIONS } from './wordpress/sources.ts'

const text = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const
const WEBS = ['mod_php', 'fpm', 'nginx'] as const
const HELP = `npm run wordpress -- [options]
  --wp ${WORDPRESS_VERSIONS.join('|')}   version (${STABLE})
  --port N            port on 127.0.0.1 (any free one)
  --mariadb           MariaDB in the place of SQLite
  --web ${WEBS.join('|')}  Apache with PHP as its module, PHP-FPM behind Apache, or behind nginx, in the place of PHP's own server
  --plain             plain permalinks
  --subdirectory DIR  WordPress in a folder of the host
  --multisite         a network in folders
  --basic-auth U:P    Basic authentication in front of everything
  --strip-auth        without the Authorization header, as some hosts
  --content           sample content
  --define NAME=VALUE constant of wp-config.php, may be repeated
  --plugin DIR        another plugin than this checkout's`

async function main(): Promise<void> {
  const options = { wp: text, web: text, port: text, subdirectory: text, plugin: text, 'basic-auth': text } as const
  const flags = { mariadb: flag, plain: flag, multisite: flag, 'strip-auth': flag, content: flag, help: flag } as const
  const define = { type: 'string', multiple: true, default: [] as string[] } as const
  const { values } = parseArgs({ options: { ...options, ...flags, define } })
  if (values.help) return console.log(HELP)
  const version = WORDPRESS_VERSIONS.find((known) => known === (values.wp ?? STABLE))
  if (!version) throw new Error(`--wp: one of ${WORDPRESS_VERSIONS.join(', ')}`)
  const web = WEBS.find((known) => known === values.web)
  if (values.web && !web) throw new Error(`--web: one of ${WEBS.join(', ')}`)
  await step('PHP and MariaDB', () => installPackages(WORDPRESS_PACKAGES))
  const wordpress = await step(`WordPress ${version}`, async () =>
    startWordPress({
      version,
      database: values.mariadb ? await startMariaDb() : 'sqlite',
      permalinks: values.plain ? 'plain' : 'pretty',
      multisite: values.multisite,
      // A click on "Delete" in wp-admin must not reach through the link into the checkout.
      define: { DISALLOW_FILE_MODS: true, ...parseConstants(values.define) },
      plugins: [resolve(values.plugin ?? PLUGIN)],
      muPlugins: [PRODUCTS_MU_PLUGIN],
      front: { basicAuth: values['basic-auth'] ?? '', stripAuthorization: values['strip-auth'] },
      ...(web ? { web } : {}),
      ...(values.port ? { port: Number(values.port) } : {}),
      ...(values.subdirectory ? { subdirectory: values.subdirectory } : {}),
    }),
  )
  if (values.content) await step('Sample content', () => wordpress.php(createContent(SAMPLE_CONTENT)))
  console.log(`\n${wordpress.url}/wp-admin/  ${ADMIN.user} / ${ADMIN.password}\n${wordpress.root}\nCtrl-C ends it.`)
}

const parseConstants = (pairs: string[]): Constants =>
  Object.fromEntries(pairs.map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)]))

try {
  await main()
} catch (error) {
  console.error(`✗ ${error instanceof Error ? error.message : String(error)}`)
  await stopEverything()
  process.exit(1)
}
