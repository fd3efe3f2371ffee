/**
 * `npm run plugin:key`: the keys that sign the plugin's releases (docs/operations.md, "Updates of the plugin"). Without a word
 * it lists them; `-- add` makes a further one, `-- remove <id>` ends one, `--env staging` is for staging. `npm run deploy` makes the
 * first.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ENVIRONMENTS } from './deploy/options.ts'
import { keysPath } from './deploy/plugin.ts'
import { ROOT } from './lib/paths.ts'
import { makeKey, readKeys, type SigningKey, writeKeys } from './plugin/keys.ts'

const USAGE = 'npm run plugin:key -- [add | remove <id>] [--env staging]'

const { values, positionals } = parseArgs({
  options: { env: { type: 'string', default: 'production' } },
  allowPositionals: true,
})
const environment = ENVIRONMENTS.find((name) => name === values.env)
if (environment === undefined) throw new Error(`--env is ${ENVIRONMENTS.join(' or ')}.`)
const path = join(ROOT, keysPath(environment))
const keys = readKeys(path) ?? []
const [word = 'list', id = ''] = positionals

function changed(): SigningKey[] {
  if (word === 'list') return keys
  if (word === 'add') return [makeKey(), ...keys]
  const left = keys.filter((key) => key.id !== id)
  if (word !== 'remove' || left.length === keys.length) throw new Error(`There is no such command or key. ${USAGE}`)
  if (left.length === 0) throw new Error('This is the only key. Add another one first.')
  return left
}

const next = changed()
if (word !== 'list') writeKeys(path, next)
for (const key of next) console.log(`${key.id}  made ${key.made}  public ${key.publicKey}`)
console.log(next.length === 0 ? `No keys in ${path}` : `In ${path}. All of them sign with the next npm run deploy.`)
