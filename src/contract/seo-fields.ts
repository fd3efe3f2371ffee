/** The SEO plugins whose fields are synced. Another name can only come from a newer plugin of ours. */
export const SEO_PROVIDERS = ['yoast', 'rank_math', 'aioseo', 'seopress'] as const
export type SeoProvider = (typeof SEO_PROVIDERS)[number]

/** Fields that are texts, as the SEO plugin stores them, with its own variables. Empty: the plugin's default applies. */
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
] as const
export type SeoText = (typeof SEO_TEXTS)[number]

const PLAIN_ROBOTS = ['noindex', 'nofollow', 'noarchive', 'nosnippet', 'noimageindex'] as const
const LIMITS = ['max-snippet:', 'max-video-preview:', 'max-image-preview:'] as const

/** Robots directives that each SEO plugin can store for a post. One that ends in a colon takes a value. */
export const SEO_ROBOTS: Readonly<Record<SeoProvider, readonly string[]>> = {
  yoast: ['index', ...PLAIN_ROBOTS],
  rank_math: ['index', ...PLAIN_ROBOTS, ...LIMITS],
  aioseo: ['index', ...PLAIN_ROBOTS, 'notranslate', 'noodp', ...LIMITS],
  seopress: PLAIN_ROBOTS,
}

const isProvider = (name: string): name is SeoProvider => (SEO_PROVIDERS as readonly string[]).includes(name)

/**
 * Why these directives can't be stored by an SEO plugin; null if they can. A directive that the post has already stays
 * possible, whatever it is. A plugin that is not known here judges for itself.
 */
export function findRobotsFault(provider: string, robots: readonly string[], now: readonly string[]): string | null {
  for (const [left, right] of [
    ['index', 'noindex'],
    ['follow', 'nofollow'],
  ] as const) {
    if (robots.includes(left) && robots.includes(right)) return `“${left}” and “${right}” contradict each other.`
  }
  if (!isProvider(provider)) return null
  const known = SEO_ROBOTS[provider]
  const unknown = robots.find((directive) => !now.includes(directive) && !known.includes(nameOf(directive)))
  return unknown === undefined ? null : `${provider} cannot store “${unknown}”, only: ${known.join(', ')}.`
}

/** The directive without its value: `max-snippet:` of `max-snippet:20`. */
const nameOf = (directive: string): string => directive.slice(0, directive.indexOf(':') + 1) || directive
