import * as z from 'zod'
import { SEO_TEXTS, type SeoText } from './seo-fields.ts'

const Text = z.lazy(() => z.string().max(5000))
const Robots = z
  .lazy(() => z.array(z.string().min(1).max(100)).max(30))
  .meta({ description: 'Robots directives such as `noindex`, in any order. Empty: the defaults of the plugin apply' })
const PrimaryCategory = z
  .lazy(() => z.string().max(200).nullable())
  .meta({ description: 'One of the categories in `terms`; null for none' })

/** A change of SEO fields; fields that are left out stay. */
export const SeoUpdate = z.lazy(() =>
  z
    .object({
      ...(Object.fromEntries(SEO_TEXTS.map((name) => [name, Text])) as Record<SeoText, typeof Text>),
      robots: Robots,
      primary_category: PrimaryCategory,
    })
    .partial()
    .strict()
    .meta({ id: 'SeoUpdate', description: 'SEO fields to change; those left out stay' }),
)
export type SeoUpdate = z.infer<typeof SeoUpdate>

const shown = <T extends z.ZodType>(provider: T) =>
  z.object({
    provider,
    // the limits of a request don't apply to what a site stores
    ...(Object.fromEntries(SEO_TEXTS.map((name) => [name, z.string().default('')])) as Record<
      SeoText,
      z.ZodDefault<z.ZodString>
    >),
    robots: z.array(z.string()).default([]),
    primary_category: z.string().nullable().default(null),
  })

/** SEO fields of a post as the plugin of ours sends them. */
export const PostSeo = z.lazy(() => shown(z.string().min(1).max(40)))

/** SEO fields of a version of an item. */
export const Seo = z.lazy(() =>
  shown(
    z.string().nullable().meta({
      description: 'The SEO plugin: `yoast`, `rank_math`, `aioseo` or `seopress`. Null before the site has the post',
    }),
  ).meta({ id: 'Seo' }),
)
export type Seo = z.infer<typeof Seo>
