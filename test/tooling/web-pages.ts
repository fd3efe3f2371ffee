import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../scripts/lib/paths.ts'

interface WebPage {
  /** Path below web/src. */
  page: string
  /** Area whose texts are loaded with it. */
  area: string
}

/** Every page that the routes of the web app name with the area of its texts. */
export function pagesOfRoutes(): WebPage[] {
  const routes = readFileSync(join(ROOT, 'web/src/app/routes.tsx'), 'utf8')
  const pages = routes.matchAll(/lazyPage\('(\w+)', \(\) => import\('\.\.\/(pages\/[^']+)'\)\)/g)
  return [...pages].map(([, area = '', page = '']) => ({ page, area }))
}
