import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../scripts/lib/paths.ts'
import { pagesOfRoutes } from '../../web/pages-of-routes.ts'

const SOURCE = join(ROOT, 'web/src')

const LAZY_PART = /lazyPart\('(\w+)', \(\) => import\('(\.[^']+)'\)\)/g

/**
 * Areas of the texts that a file and everything that it imports show, at once or later. A lazy part of a page brings the
 * texts of one further area.
 */
function areasOf(file: string, seen: Set<string>): Set<string> {
  const areas = new Set<string>()
  if (seen.has(file)) return areas
  seen.add(file)
  let source = readFileSync(file, 'utf8')
  for (const [whole, own = '', path = ''] of source.matchAll(LAZY_PART)) {
    source = source.replace(whole, '')
    for (const area of areasOf(join(dirname(file), path), seen)) if (area !== own) areas.add(area)
  }
  for (const [, area = ''] of source.matchAll(/useTranslations\('(\w+)/g)) areas.add(area)
  for (const [, path = ''] of source.matchAll(/(?:from |import\()'(\.[^']+\.tsx?)'/g)) {
    const imported = join(dirname(file), path)
    if (!imported.startsWith(SOURCE)) continue
    for (const area of areasOf(imported, seen)) areas.add(area)
  }
  return areas
}

const pages = pagesOfRoutes()

test.each(pages)('$page shows the texts that are loaded with it alone', ({ page, area }) => {
  const areas = areasOf(join(SOURCE, page), new Set())
  expect([...areas].filter((other) => !['common', 'shell', area].includes(other))).toEqual([])
})

test('what stands round the pages shows no text of an area', () => {
  const areas = areasOf(join(SOURCE, 'main.tsx'), new Set(pages.map(({ page }) => join(SOURCE, page))))
  expect([...areas].toSorted()).toEqual(['common', 'shell'])
})

test('every text is asked for by the name of its area, so that the two tests above see it', () => {
  for (const { page } of pages) {
    const seen = new Set<string>()
    areasOf(join(SOURCE, page), seen)
    for (const file of seen) expect(readFileSync(file, 'utf8'), file).not.toMatch(/useTranslations\((?!')/)
  }
})
