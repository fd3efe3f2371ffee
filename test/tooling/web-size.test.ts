import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { beforeAll, expect, test, vi } from 'vitest'
import { ROOT, temporaryFolder } from '../../scripts/lib/paths.ts'

/** Most bytes of script (gzip) that any page needs before it can be used. */
const LIMIT_BYTES = 150_000

interface Chunk {
  file: string
  imports?: string[]
  dynamicImports?: string[]
}
let manifest: Record<string, Chunk>
const folder = temporaryFolder('web-size')

beforeAll(async () => {
  // else the development build of React is measured, which nobody is sent
  vi.stubEnv('NODE_ENV', 'production')
  await build({
    configFile: join(ROOT, 'web/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder },
  })
  manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as typeof manifest
}, 60_000)

/** Files of chunks with everything that they import statically. */
function filesOf(entries: string[], seen = new Set<string>()): Set<string> {
  for (const entry of entries) {
    const chunk = manifest[entry]
    if (!chunk || seen.has(chunk.file)) continue
    seen.add(chunk.file)
    filesOf(chunk.imports ?? [], seen)
  }
  return seen
}

const gzipBytes = (files: Set<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0)

test('the first load of every page is at most 150 kB of script (gzip), its language included', () => {
  const pages = Object.keys(manifest).filter((name) => /^src\/pages\/.*-page\.tsx$/.test(name))
  expect(pages.length).toBeGreaterThan(10)
  for (const page of pages) {
    const bytes = gzipBytes(filesOf(['index.html', 'src/i18n/en/index.ts', page]))
    expect(bytes, `${page}: ${bytes} bytes`).toBeLessThanOrEqual(LIMIT_BYTES)
  }
})

test('no file asks for anything that is not the project’s own', () => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  for (const [, source = ''] of page.matchAll(/(?:src|href)="([^"]*)"/g)) expect(source).toMatch(/^\//)
})
