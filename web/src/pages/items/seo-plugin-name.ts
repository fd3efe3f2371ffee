const NAMES: Readonly<Record<string, string>> = {
  yoast: 'Yoast SEO',
  rank_math: 'Rank Math',
  aioseo: 'All in One SEO',
  seopress: 'SEOPress',
}

/** The SEO plugin as people know it. */
export const seoPluginName = (provider: string | null): string => NAMES[provider ?? ''] ?? provider ?? 'SEO'
