import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

/** A file of a layer, what it must not import, and what it may. */
const LAYERS: [file: string, forbidden: string[], allowed: string[]][] = [
  [
    'src/contract/fixture.ts',
    ['hono', 'drizzle-orm', 'cloudflare:workers', '../lib/ids.ts', '../services/errors.ts', '../db/client.ts'],
    ['zod', './errors.ts'],
  ],
  [
    'src/lib/fixture.ts',
    ['hono', 'hono/factory', 'drizzle-orm', 'cloudflare:workers', '../services/errors.ts', '../sync/port.ts'].concat([
      '../db/client.ts',
      '../config.ts',
      '../env.ts',
      '../routes/define.ts',
      '../durable/site-sync.ts',
    ]),
    ['zod', '../contract/errors.ts', './ids.ts'],
  ],
  [
    'src/db/fixture.ts',
    ['hono', '../services/context.ts', '../sync/port.ts', '../routes/define.ts', '../durable/site-sync.ts'],
    ['drizzle-orm', '../contract/sync.ts', '../lib/ids.ts', './schema/index.ts'],
  ],
  [
    'src/sync/fixture.ts',
    [
      'hono',
      'drizzle-orm',
      'drizzle-orm/d1',
      '../services/errors.ts',
      '../routes/define.ts',
      '../cron/index.ts',
    ].concat(['../durable/site-sync.ts', '../middleware/throttle.ts']),
    ['zod', '../db/project.ts', '../lib/ids.ts', './link/direct.ts'],
  ],
  [
    'src/sync/engine/fixture.ts',
    ['hono', 'drizzle-orm', '../../services/errors.ts', '../../routes/define.ts', '../../durable/site-sync.ts'],
    ['../tables/items.ts', '../../contract/content.ts'],
  ],
  [
    'src/sync/link/fixture.ts',
    [
      'hono',
      'drizzle-orm',
      'cloudflare:workers',
      '../../services/errors.ts',
      '../../db/client.ts',
      '../../config.ts',
    ].concat(['../store.ts', '../runner.ts']),
    ['zod', '../../contract/link.ts', '../../lib/signature.ts', './errors.ts'],
  ],
  [
    'src/services/fixtures/fixture.ts',
    [
      'hono',
      'hono/factory',
      '../../routes/define.ts',
      '../../middleware/throttle.ts',
      '../../durable/site-sync.ts',
    ].concat(['../../cron/index.ts', '../../sync/runner.ts', '../../sync/store.ts', '../../sync/link/direct.ts']),
    ['drizzle-orm', '../../db/client.ts', '../../lib/ids.ts', '../../sync/port.ts', '../errors.ts'],
  ],
  [
    'src/routes/fixture.ts',
    [
      'drizzle-orm',
      '../db/client.ts',
      '../db/schema/index.ts',
      '../sync/port.ts',
      '../durable/site-sync.ts',
      '../cron/index.ts',
    ],
    ['hono', 'zod', '../services/errors.ts', '../contract/common.ts'],
  ],
  [
    'src/cron/fixture.ts',
    [
      'hono',
      'drizzle-orm',
      '../db/schema/index.ts',
      '../routes/define.ts',
      '../middleware/throttle.ts',
      '../durable/site-sync.ts',
    ],
    ['../services/system-context.ts', '../db/client.ts', '../lib/log.ts'],
  ],
  [
    'src/durable/fixture.ts',
    [
      'hono',
      'drizzle-orm',
      '../db/schema/index.ts',
      '../routes/define.ts',
      '../middleware/throttle.ts',
      '../cron/index.ts',
    ],
    ['cloudflare:workers', '../sync/runner.ts', '../db/client.ts', '../lib/log.ts'],
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
