import { SEO_TEXTS, findRobotsFault } from '../../src/contract/seo-fields.ts'
import type { SeoUpdate } from '../../src/contract/seo.ts'
import type { Site } from './site.ts'
import { CommandFailure, type ModelPost } from './types.ts'

const EMPTY = { ...Object.fromEntries(SEO_TEXTS.map((name) => [name, ''])), robots: [], primary_category: null }

const categoriesOf = (site: Site, post: ModelPost): string[] => site.terms.describe(post.terms['category'] ?? [])

/** The SEO fields of a document; null where no SEO plugin is active. SEO plugins pass over a category that is gone. */
export function seoOf(site: Site, post: ModelPost): Record<string, unknown> | null {
  if (site.seoPlugin === null) return null
  const primary = post.seo?.primary_category ?? null
  const isThere = primary !== null && categoriesOf(site, post).includes(primary)
  return { provider: site.seoPlugin, ...EMPTY, ...post.seo, primary_category: isThere ? primary : null }
}

const failure = (field: string, why: string) => new CommandFailure('invalid_field', `seo.${field}: ${why}`)

/** What can be known before anything is written. */
export function checkSeo(site: Site, seo: SeoUpdate | undefined, post: ModelPost | undefined): void {
  if (seo === undefined) return
  if (site.seoPlugin === null) throw new CommandFailure('seo_unavailable', 'seo: no SEO plugin is active here.')
  const fault = seo.robots && findRobotsFault(site.seoPlugin, seo.robots, post?.seo?.robots ?? [])
  if (fault) throw failure('robots', fault)
}

/** The primary category must be one of the post's, as they are after the change. */
export function findForeignCategory(site: Site, post: ModelPost, seo: SeoUpdate | undefined): CommandFailure | null {
  const primary = seo?.primary_category ?? null
  if (primary === null || categoriesOf(site, post).includes(primary)) return null
  return failure('primary_category', `The post is not in “${primary}”.`)
}
