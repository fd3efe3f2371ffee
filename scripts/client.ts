/**
 * `npm run client`: the API's document and from it the types of the web app's client, web/src/api/schema.gen.ts.
 * With `--check` nothing is written; a file that is out of date fails.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { routes } from '../src/routes/index.ts'
import { createOpenApiDocument } from '../src/routes/openapi.ts'

const GENERATOR = 'scripts/client'
const TARGET = 'web/src/api/schema.gen.ts'
const DOCUMENT = '.cache/openapi.json'

if (!existsSync(`${GENERATOR}/node_modules/openapi-typescript`)) {
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: GENERATOR, stdio: ['ignore', 'ignore', 'inherit'] })
}
mkdirSync('.cache', { recursive: true })
writeFileSync(DOCUMENT, JSON.stringify(createOpenApiDocument(routes, 'https://api.igny8.com')))
const cli = `${GENERATOR}/node_modules/openapi-typescript/bin/cli.js`
const schema = execFileSync(process.execPath, [cli, DOCUMENT], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
})

if (!process.argv.includes('--check')) writeFileSync(TARGET, schema)
else if (!existsSync(TARGET) || readFileSync(TARGET, 'utf8') !== schema) {
  console.error(`${TARGET} is out of date: npm run client`)
  process.exitCode = 1
}
