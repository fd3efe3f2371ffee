import type { SeoProvider, SeoText } from '../../../src/contract/seo-fields.ts'

/** The contract's texts; a test compares them. */
export const SEO_TEXTS = [
  'title',
  'description',
  'focus_keyword',
  'canonical',
  'og_title',
  'og_description',
  'og_image',
  'twitter_title',
  'twitter_description',
  'twitter_image',
] as const satisfies readonly SeoText[]

const PLAIN_ROBOTS = ['noindex', 'nofollow', 'noarchive', 'nosnippet', 'noimageindex']

/** Robots directives without a value that each SEO plugin can store. A test compares them with the contract's. */
export const PLAIN_DIRECTIVES: Readonly<Record<SeoProvider, readonly string[]>> = {
  yoast: ['index', ...PLAIN_ROBOTS],
  rank_math: ['index', ...PLAIN_ROBOTS],
  aioseo: ['index', ...PLAIN_ROBOTS, 'notranslate', 'noodp'],
  seopress: PLAIN_ROBOTS,
}
