import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

const ENTRANCES = ['../routes/define.ts', '../middleware/throttle.ts', '../cron/index.ts']
const above = (...folders: string[]) => folders.map((folder) => `../${folder}/fixture.ts`)
/** What nothing inside a site's object may import, from one of its folders. */
const OUTSIDE_OBJECT = ['hono', 'drizzle-orm', 'drizzle-orm/d1', '../../services/errors.ts'].concat(
  ENTRANCES.map((path) => `../${path}`),
)

/** A file of a layer, what it must not import, and what it may. */
const LAYERS: [file: string, forbidden: string[], allowed: string[]][] = [
  [
    'src/contract/fixture.ts',
    ['hono', 'drizzle-orm', 'cloudflare:workers', '../lib/ids.ts', '../services/errors.ts', '../db/client.ts'],
    ['zod', './errors.ts'],
  ],
  [
    'src/lib/fixture.ts',
    ['hono', 'hono/factory', 'drizzle-orm', 'cloudflare:workers', '../services/errors.ts', '../site/rpc.ts'].concat([
      '../db/client.ts',
      '../config.ts',
      '../env.ts',
      '../routes/define.ts',
    ]),
    ['zod', '../contract/errors.ts', './ids.ts'],
  ],
  [
    'src/db/fixture.ts',
    ['hono', '../services/context.ts', '../site/rpc.ts', '../routes/define.ts'],
    ['drizzle-orm', '../contract/sync.ts', '../lib/ids.ts', './schema/index.ts'],
  ],
  [
    'src/site/object.ts',
    ['hono', 'drizzle-orm', '../db/schema/index.ts', ...ENTRANCES],
    ['cloudflare:workers', '../services/live/index.ts', './runs/runner.ts', '../db/client.ts', '../lib/log.ts'],
  ],
  [
    'src/site/stored-object.ts',
    ['hono', 'drizzle-orm', '../db/schema/index.ts', ...ENTRANCES],
    ['cloudflare:workers', '../services/live/index.ts', '../db/client.ts'],
  ],
  [
    'src/site/items/fixture.ts',
    [...OUTSIDE_OBJECT, ...above('replica', 'transport', 'stages', 'drift', 'runs', 'health', 'live')],
    ['./record.ts', '../../contract/content.ts', '../../lib/ids.ts'],
  ],
  [
    'src/site/replica/fixture.ts',
    [...OUTSIDE_OBJECT, ...above('transport', 'stages', 'drift', 'runs', 'health', 'live'), '../object.ts'],
    ['../items/record.ts', '../rpc.ts', '../../contract/content.ts'],
  ],
  [
    'src/site/transport/fixture.ts',
    [...OUTSIDE_OBJECT, ...above('items', 'stages', 'drift', 'runs', 'health', 'live')],
    ['../replica/store.ts', './direct/send.ts', '../rpc.ts'],
  ],
  [
    'src/site/transport/direct/fixture.ts',
    ['hono', 'drizzle-orm', 'cloudflare:workers', '../../../services/errors.ts', '../../../db/client.ts'].concat([
      '../../../config.ts',
      '../../replica/store.ts',
      '../choice.ts',
    ]),
    ['zod', '../../../contract/link.ts', '../../../lib/signature.ts', './errors.ts'],
  ],
  [
    'src/site/stages/fixture.ts',
    [...OUTSIDE_OBJECT, ...above('drift', 'runs', 'health', 'live')],
    ['../items/record.ts', '../replica/replica.ts', '../transport/direct/errors.ts'],
  ],
  [
    'src/site/drift/fixture.ts',
    [...OUTSIDE_OBJECT, ...above('runs', 'health', 'live')],
    ['../stages/context.ts', '../items/record.ts', '../replica/store.ts'],
  ],
  [
    'src/site/live/fixture.ts',
    [...OUTSIDE_OBJECT, ...above('items', 'transport', 'stages', 'drift', 'runs', 'health')],
    ['../replica/store.ts', '../rpc.ts', '../../contract/live.ts'],
  ],
  [
    'src/site/runs/fixture.ts',
    [...OUTSIDE_OBJECT, ...above('health', 'live')],
    ['../stages/read.ts', '../drift/plan.ts', '../transport/choice.ts', '../../db/projection.ts'],
  ],
  [
    'src/site/health/fixture.ts',
    [...OUTSIDE_OBJECT, ...above('stages', 'drift', 'live')],
    ['../transport/choice.ts', '../replica/store.ts', '../../db/health.ts'],
  ],
  [
    'src/services/fixtures/fixture.ts',
    ['hono', 'hono/factory', ...ENTRANCES.map((path) => `../${path}`), '../../site/object.ts'].concat([
      '../../site/runs/runner.ts',
      '../../site/replica/store.ts',
      '../../site/transport/direct/send.ts',
    ]),
    ['drizzle-orm', '../../db/client.ts', '../../lib/ids.ts', '../../site/rpc.ts', '../errors.ts'],
  ],
  [
    'src/routes/fixture.ts',
    ['drizzle-orm', '../db/client.ts', '../db/schema/index.ts', '../site/rpc.ts', '../cron/index.ts'],
    ['hono', 'zod', '../services/errors.ts', '../contract/common.ts'],
  ],
  [
    'src/middleware/fixture.ts',
    ['../routes/define.ts', '../cron/index.ts'],
    ['hono', '../services/people/index.ts', '../db/client.ts', '../lib/log.ts', './throttle.ts'],
  ],
  [
    'src/cron/fixture.ts',
    ['hono', 'drizzle-orm', '../db/schema/index.ts', '../site/object.ts', '../routes/define.ts'].concat([
      '../middleware/throttle.ts',
    ]),
    ['../services/system-context.ts', '../db/client.ts', '../lib/log.ts'],
  ],
]

interface Diagnostic {
  code: string
  filename: string
  labels: { span: { line: number } }[]
}

let folder: string
/** `file:line` of every import that the linter refused. */
let refused: Set<string>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'layers-'))
  cpSync(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  for (const [file, forbidden, allowed] of LAYERS) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    const imports = [...forbidden, ...allowed].map((source, index) => `import { x as x${index} } from '${source}'\n`)
    writeFileSync(join(folder, file), imports.join(''))
  }
  refused = new Set(lint().map(({ filename, labels }) => `${filename}:${labels[0]?.span.line}`))
}, 30_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** What our own configuration says of the fixtures, which stand where the layers do. */
function lint(): Diagnostic[] {
  const oxlint = join(ROOT, 'node_modules/.bin/oxlint')
  const args = ['-c', '.oxlintrc.json', '--format', 'json', 'src']
  const run = () => {
    try {
      return execFileSync(oxlint, args, { cwd: folder, encoding: 'utf8' })
    } catch (failure) {
      // errors found are an exit code of 1
      return (failure as { stdout: string }).stdout
    }
  }
  const { diagnostics } = JSON.parse(run()) as { diagnostics: Diagnostic[] }
  return diagnostics.filter(({ code }) => code.includes('no-restricted-imports'))
}

test.each(LAYERS)('%s can import nothing that lies above it', (file, forbidden, allowed) => {
  const isRefused = (index: number) => refused.has(`${file}:${index + 1}`)
  expect(forbidden.filter((_, index) => !isRefused(index))).toEqual([])
  expect(allowed.filter((_, index) => isRefused(forbidden.length + index))).toEqual([])
})
