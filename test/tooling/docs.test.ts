import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { SCOPES } from '../../src/contract/sites.ts'
import { routes } from '../../src/routes/index.ts'

const MAX_WIDTH = 120
const PAGES = ['*.md', 'docs/**/*.md']
const CODE = [
  'src/**/*.ts',
  'web/{src,test}/**/*.{ts,tsx,css}',
  'plugin/**/*.php',
  'scripts/**/*.{ts,mjs}',
  'test/**/*.ts',
  'bench/**/*.ts',
]
/** A comment may leave out the folder that all code of its part lies in. */
const CODE_ROOTS = ['', 'src', 'src/site', 'web', 'web/src', 'plugin/igny8-wordpress-bridge']

/**
 * A path that begins with a folder of the repository, or that ends like a source file and has a folder in it. What
 * stands behind a slash, a dot or a colon is part of a URL or of a relative import; `wp-` begins WordPress'
 * own.
 */
const PATH =
  /(?<![\w./:@}-])(?!wp-)(?:(?:src|test|plugin|scripts|docs|web|bench|migrations)\/[\w.*{},/-]*|[\w-]+\/[\w./-]+\.(?:ts|tsx|php|md|mjs|sql))/g
/** Pages leave out the folder of the plugin's classes. */
const PLUGIN = 'plugin/igny8-wordpress-bridge/includes'
const COMMENT = /\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g
const LINK = /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g

interface Text {
  name: string
  text: string
}

/** The examples of this very file are wrong on purpose. */
const EXCLUDED = ['**/node_modules/**', '**/vendor/**', 'test/tooling/docs.test.ts']

const read = (patterns: string[]): Text[] =>
  globSync(patterns, { exclude: EXCLUDED }).map((name) => ({
    name,
    text: readFileSync(name, 'utf8'),
  }))

const exists = (path: string) => (/[*{]/.test(path) ? globSync(path).length > 0 : existsSync(path))

const pathsIn = (text: string) => [...text.matchAll(PATH)].map(([path]) => path.replace(/[.,/-]+$/, ''))

/** Paths that a text names and that are nowhere, each as `file: path`. */
function missingPaths({ name, text }: Text, roots: string[]): string[] {
  const isMissing = (path: string) => !roots.some((root) => exists(join(root, path)))
  return [...new Set(pathsIn(text))].filter(isMissing).map((path) => `${name}: ${path}`)
}

const commentsOf = ({ name, text }: Text): Text => ({ name, text: (text.match(COMMENT) ?? []).join('\n') })

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const anchorsOf = (path: string) =>
  [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading))

/** Links of a page to files or headings that are not there. */
function brokenLinks({ name, text }: Text): string[] {
  return [...text.matchAll(LINK)].flatMap(([, path = '', anchor]) => {
    const target = path === '' ? name : join(dirname(name), path)
    const isBroken = !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
    return isBroken ? [`${name}: ${path}${anchor === undefined ? '' : `#${anchor}`}`] : []
  })
}

/** Lines that are too wide. Rows of tables and lines that hold one image can't be broken. */
function wideLines({ name, text }: Text): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      line.length > MAX_WIDTH && !/^\s*(?:\||!\[)/.test(line) ? [`${name}:${index + 1}: ${line.length}`] : [],
    )
}

const pages = read(PAGES)
const code = read(CODE)

test('every path that a page names exists', () => {
  expect(pages.length).toBeGreaterThan(15)
  expect(pages.flatMap((page) => missingPaths(page, ['', PLUGIN, dirname(page.name)]))).toEqual([])
})

test('every path that a comment names exists', () => {
  expect(code.length).toBeGreaterThan(500)
  const missing = code.flatMap((file) => missingPaths(commentsOf(file), [...CODE_ROOTS, dirname(file.name)]))
  expect(missing).toEqual([])
})

test('every link of a page leads to a file and to a heading of it', () => {
  expect(pages.flatMap(brokenLinks)).toEqual([])
})

test('no line of a page is wider than 120 characters', () => {
  expect(pages.flatMap(wideLines)).toEqual([])
})

/** Marks that git leaves where two versions of a page could not be merged. */
const mergeMarks = ({ name, text }: Text): string[] =>
  text.split('\n').flatMap((line, index) => (/^(?:<{7} |={7}$|>{7} )/.test(line) ? [`${name}:${index + 1}`] : []))

test('no page holds the marks of a merge', () => {
  expect(pages.flatMap(mergeMarks)).toEqual([])
  const text = ['<<<<<<< HEAD', 'one', '=======', 'other', '>>>>>>> branch', 'A heading', '========='].join('\n')
  expect(mergeMarks({ name: 'page.md', text })).toEqual(['page.md:1', 'page.md:3', 'page.md:5'])
})

test('a wrong path, link or line is found', () => {
  const page = {
    name: 'docs/page.md',
    text: [
      'See `src/app.ts`, `src/nowhere.ts`, `test/routes/*.test.ts` and `test/nowhere*.ts`.',
      '[good](protocol.md#secrets) [no page](nowhere.md) [no heading](protocol.md#nowhere) [web](https://x.test/src/a.ts)',
      'x'.repeat(MAX_WIDTH + 1),
      `| ${'x'.repeat(MAX_WIDTH)} |`,
    ].join('\n'),
  }
  expect(missingPaths(page, [''])).toEqual(['docs/page.md: src/nowhere.ts', 'docs/page.md: test/nowhere*.ts'])
  expect(brokenLinks(page)).toEqual(['docs/page.md: nowhere.md', 'docs/page.md: protocol.md#nowhere'])
  expect(wideLines(page)).toEqual([`docs/page.md:3: ${MAX_WIDTH + 1}`])
  const file = {
    name: 'src/file.ts',
    text: "import './nowhere/import.ts'\n// see lib/ids.ts, lib/nowhere.ts\n/** As docs/nowhere.md says. */\n'https://a.test/b/c.ts'",
  }
  expect(missingPaths(commentsOf(file), CODE_ROOTS)).toEqual([
    'src/file.ts: lib/nowhere.ts',
    'src/file.ts: docs/nowhere.md',
  ])
})

/** The bullets of a section, each on one line. */
function bulletsOf(page: string, heading: string): string[] {
  const section = (readFileSync(page, 'utf8').split(`\n## ${heading}\n`)[1] ?? '').split('\n## ')[0] ?? ''
  return section
    .trim()
    .split(/^- /m)
    .slice(1)
    .map((bullet) => bullet.trim().replaceAll(/\s+/g, ' '))
}

test.each(['can', 'can’t'])('T63 each line about what a leaked key %s is a test of its name', (section) => {
  const tests = readFileSync('test/routes/leaked-key.test.ts', 'utf8').split(`describe('${section}', `)[1] ?? ''
  const names = [...(tests.split('\n})')[0] ?? '').matchAll(/^ {2}it\('(.*)', async/gm)].map(([, name]) => `${name}.`)
  expect(names.length).toBeGreaterThan(5)
  expect(bulletsOf('docs/leaked-key.md', `A leaked key ${section}`)).toEqual(names)
})

test('T63 docs/api.md says what each scope of an API key may do', () => {
  const rows = readFileSync('docs/api.md', 'utf8').matchAll(/^\| `(\w+:\w+)` \| (.*) \|$/gm)
  const told = Object.fromEntries([...rows].map(([, scope = '', names = '']) => [scope, names]))
  const mayDo = (scope: string) =>
    routes
      .filter(({ access }) => 'scope' in access && access.scope === scope)
      .map(({ operationId }) => `\`${operationId}\``)
      .join(', ')
  expect(told).toEqual(Object.fromEntries(SCOPES.map((scope) => [scope, mayDo(scope)])))
})
