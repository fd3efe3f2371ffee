import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { beforeAll, expect, test, vi } from 'vitest'
import { ROOT, temporaryFolder } from '../../scripts/lib/paths.ts'
import { pagesOfRoutes, textFileOf } from '../../web/pages-of-routes.ts'

/** Most bytes of script (gzip) that any page needs before it can be used. */
const LIMIT_BYTES = 150_000

interface Chunk {
  file: string
  imports?: string[]
  dynamicImports?: string[]
}
let manifest: Record<string, Chunk>
// `npm test` has built the app already
const isBuilt = process.env['IGNY8_ASSETS'] === 'built'
const folder = isBuilt ? join(ROOT, 'public') : temporaryFolder('web-size')

beforeAll(async () => {
  // else the development build of React is measured, which nobody is sent
  vi.stubEnv('NODE_ENV', 'production')
  const options = {
    configFile: join(ROOT, 'web/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder },
  } as const
  if (!isBuilt) await build(options)
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

test('every page but that of unknown addresses has texts of an area', () => {
  const pages = Object.keys(manifest).filter((name) => /^src\/pages\/.*-page\.tsx$/.test(name))
  expect(pages.length).toBeGreaterThan(10)
  const known = pagesOfRoutes().map(({ page }) => `src/${page}`)
  expect(pages.toSorted()).toEqual([...known, 'src/pages/not-found-page.tsx'].toSorted())
})

test.each(['en', 'de'])(
  'the first load of every page, its texts (%s) included, is at most 150 kB of script',
  (locale) => {
    const sizes = pagesOfRoutes().map(({ page, area }) => {
      const texts = ['base', textFileOf(area)].map((file) => `src/i18n/${locale}/${file}.ts`)
      for (const file of texts) expect(manifest).toHaveProperty([file])
      return { page, bytes: gzipBytes(filesOf(['index.html', `src/${page}`, ...texts])) }
    })
    console.info(sizes.map(({ page, bytes }) => `${locale} ${page}: ${bytes} bytes`).join('\n'))
    expect(sizes.filter(({ bytes }) => bytes > LIMIT_BYTES)).toEqual([])
  },
)

/** Most bytes of script (gzip) that writing needs beside the page of an item: the form, its texts and the editor. */
const EDITOR_LIMIT_BYTES = 240_000

test.each(['en', 'de'])(
  'what writing needs beside the page (%s) is at most 240 kB of script, and no page has it',
  (locale) => {
    const page = filesOf(['index.html', 'src/pages/items/item-page.tsx', `src/i18n/${locale}/items.ts`])
    const editor = filesOf(['src/pages/items/edit-form.tsx', `src/i18n/${locale}/editor.ts`])
    const added = new Set([...editor].filter((file) => !page.has(file)))
    const bytes = gzipBytes(added)
    console.info(`${locale} editor: ${bytes} bytes`)
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThanOrEqual(EDITOR_LIMIT_BYTES)
    const own = manifest['src/pages/items/edit-form.tsx']?.file ?? ''
    for (const { page: other } of pagesOfRoutes()) expect(filesOf(['index.html', `src/${other}`]).has(own)).toBe(false)
  },
)

test('no file asks for anything that is not the project’s own', () => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  for (const [, source = ''] of page.matchAll(/(?:src|href)="([^"]*)"/g)) expect(source).toMatch(/^\//)
})

test('every class of Mantine that a script uses has its styles', () => {
  const classesIn = (text: string) => new Set(text.match(/\bm_[0-9a-f]{6,8}\b/g))
  const read = (extension: string) =>
    readdirSync(join(folder, 'assets'))
      .filter((name) => name.endsWith(extension))
      .map((name) => readFileSync(join(folder, 'assets', name), 'utf8'))
      .join('\n')
  const known = classesIn(readFileSync(join(ROOT, 'node_modules/@mantine/core/styles.css'), 'utf8'))
  const styled = classesIn(read('.css'))
  const used = [...classesIn(read('.js'))].filter((name) => known.has(name))
  expect(used.length).toBeGreaterThan(50)
  expect(used.filter((name) => !styled.has(name))).toEqual([])
})
