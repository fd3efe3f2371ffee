/**
 * `npm run plugin:zip`: the plugin's zip in `dist/`, the same bytes for the same files. As it is, it talks to api.igny8.com;
 * `-- --server https://api.example.com` puts another address into it, and `-- --wordpress-org` makes the edition for
 * wordpress.org. What a server serves is made by `npm run deploy`.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PLUGIN_SLUG } from '../src/contract/plugin-updates.ts'
import { ROOT } from './lib/paths.ts'
import { bindToServer } from './plugin/bind.ts'
import { DIRECTORY_SLUG, directoryEdition } from './plugin/edition.ts'
import { packZip, readSource } from './plugin/files.ts'

const { values } = parseArgs({
  options: { server: { type: 'string' }, 'wordpress-org': { type: 'boolean', default: false } },
})
if (values.server !== undefined && values['wordpress-org'])
  throw new Error('wordpress.org serves one zip to all: it holds no server of yours.')
const url = values.server === undefined ? null : new URL(values.server).href.replace(/\/+$/, '')
const slug = values['wordpress-org'] ? DIRECTORY_SLUG : PLUGIN_SLUG
const source = readSource()
const files = values['wordpress-org']
  ? directoryEdition(source)
  : url === null
    ? source
    : bindToServer(source, { url, updateKeys: [] })
const zip = packZip(files, slug)
mkdirSync(join(ROOT, 'dist'), { recursive: true })
writeFileSync(join(ROOT, `dist/${slug}.zip`), zip)
console.log(`dist/${slug}.zip: ${files.size} files, ${Math.ceil(zip.length / 1024)} kB`)
