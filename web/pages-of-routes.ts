import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface RoutedPage {
  /** Name of its component in routes.tsx. */
  name: string
  /** Area whose texts are loaded with it. */
  area: string
  /** Path below web/src. */
  page: string
}

const LAZY = /const (\w+) = lazyPage\('(\w+)', \(\) => import\('\.\.\/(pages\/[^']+)'\)\)/g

/** The source of the app's routes. */
export const routesSource = (): string => readFileSync(join(import.meta.dirname, 'src/app/routes.tsx'), 'utf8')

/** Every page that the routes of the app name, with the area of its texts. */
export const pagesOfRoutes = (): RoutedPage[] =>
  [...routesSource().matchAll(LAZY)].map(([, name = '', area = '', page = '']) => ({ name, area, page }))

/** Name of the file, without `.ts`, that has the texts of an area. */
export const textFileOf = (area: string): string => area.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
