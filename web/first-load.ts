import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'
import type { Plugin, Rolldown } from 'vite'
import { LOCALES } from '../src/contract/people.ts'
import { pagesOfRoutes, type RoutedPage, routesSource, textFileOf } from './pages-of-routes.ts'

type Bundle = Rolldown.OutputBundle
type Chunk = Rolldown.OutputChunk & { viteMetadata?: { importedCss: Set<string> } }

/** A page of the app as web/first.js knows it. Files are addresses without the first slash. */
interface FirstPage {
  /** Regular expression for its addresses. */
  pattern: string
  /** Whether only signed-in people see it. */
  isSignedIn: boolean
  files: string[]
  /** By language. */
  texts: Record<string, string[]>
}

const PLACEHOLDER = '<script data-first></script>'
const AUTH_AREA = 'auth'

/** The addresses of a page, as routes.tsx names them. */
function pathsOf({ name }: RoutedPage): string[] {
  const routes = routesSource().matchAll(new RegExp(`path="([^"]+)" component=\\{${name}\\}`, 'g'))
  return [...new Set([...routes].map(([, path = '']) => path))]
}

const patternOf = (path: string) => `^${path.replaceAll(/:\w+/g, '[^/]+')}/?$`

/** Files of a chunk and of all that it imports. */
function filesOf(bundle: Bundle, name: string, seen = new Set<string>()): Set<string> {
  const chunk = bundle[name]
  if (chunk?.type !== 'chunk' || seen.has(name)) return seen
  seen.add(name)
  for (const style of (chunk as Chunk).viteMetadata?.importedCss ?? []) seen.add(style)
  for (const imported of chunk.imports) filesOf(bundle, imported, seen)
  return seen
}

/** Files of a module beyond those that index.html loads itself. @throws Error if the build has no such module */
function filesOfModule(bundle: Bundle, module: string, loaded: Set<string>): string[] {
  const chunk = Object.values(bundle).find((one) => one.type === 'chunk' && one.facadeModuleId?.endsWith(module))
  if (!chunk) throw new Error(`the build has no chunk for ${module}`)
  return [...filesOf(bundle, chunk.fileName)].filter((file) => !loaded.has(file))
}

async function makeScript(bundle: Bundle): Promise<string> {
  const entry = Object.values(bundle).find((one) => one.type === 'chunk' && one.isEntry)
  const loaded = entry ? filesOf(bundle, entry.fileName) : new Set<string>()
  const textsOf = (file: string) =>
    Object.fromEntries(LOCALES.map((locale) => [locale, filesOfModule(bundle, `/i18n/${locale}/${file}.ts`, loaded)]))
  const banners = filesOfModule(bundle, '/layout/banners.tsx', loaded)
  const pages = pagesOfRoutes().flatMap((routed): FirstPage[] => {
    const isSignedIn = routed.area !== AUTH_AREA
    const own = filesOfModule(bundle, `/${routed.page}`, loaded)
    const files = [...new Set([...own, ...(isSignedIn ? banners : [])])]
    const texts = textsOf(textFileOf(routed.area))
    return pathsOf(routed).map((path) => ({ pattern: patternOf(path), isSignedIn, files, texts }))
  })
  const define = { PAGES: JSON.stringify(pages), BASE: JSON.stringify(textsOf('base')) }
  const source = readFileSync(join(import.meta.dirname, 'first.js'), 'utf8')
  return (await transform(source, { minify: true, target: 'es2022', format: 'iife', define })).code.trim()
}

/**
 * Puts web/first.js into index.html, with the files of each page, and allows it in the content security policy by its hash.
 * It is in the page because a file of its own would come one round trip later.
 */
export const firstLoad = (): Plugin => {
  let hash = ''
  return {
    name: 'igny8-first-load',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      async handler(html, { bundle }) {
        if (!bundle) throw new Error('there is no bundle')
        if (!html.includes(PLACEHOLDER)) throw new Error(`index.html has no ${PLACEHOLDER}`)
        const script = await makeScript(bundle)
        hash = createHash('sha256').update(script).digest('base64')
        return html.replace(PLACEHOLDER, () => `<script>${script}</script>`)
      },
    },
    writeBundle({ dir = '' }) {
      const file = join(dir, '_headers')
      if (!existsSync(file)) throw new Error(`the build has no ${file}`)
      const policy = readFileSync(file, 'utf8')
      writeFileSync(file, policy.replace("script-src 'self'", `script-src 'self' 'sha256-${hash}'`))
    },
  }
}
