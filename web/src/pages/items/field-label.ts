import { useTranslations } from 'use-intl'
import { SEO_TEXTS } from '../../components/seo.ts'

const PLAIN = ['title', 'body', 'excerpt', 'slug', 'status', 'date', 'parent', 'author', 'featured', 'deleted'] as const
type Plain = (typeof PLAIN)[number]
const isPlain = (path: string): path is Plain => PLAIN.some((name) => name === path)

const SEO = [...SEO_TEXTS, 'robots', 'primary_category'] as const
const isSeo = (name: string): name is (typeof SEO)[number] => SEO.some((known) => known === name)

/** Label of a field: a plain field, a taxonomy (`terms.category`), a meta key (`meta.price`) or an SEO field (`seo.title`). */
export function useFieldLabel(): (path: string) => string {
  const t = useTranslations('items')
  return (path) => {
    if (isPlain(path)) return t(`field.${path}`)
    const name = path.slice(path.indexOf('.') + 1)
    if (path.startsWith('seo.')) return isSeo(name) ? t(`seo.field.${name}`) : name
    return path.startsWith('terms.') ? t('fieldTerms', { name }) : t('fieldMeta', { name })
  }
}

const STATUSES = ['draft', 'pending', 'private', 'future', 'publish', 'trash'] as const
export type KnownStatus = (typeof STATUSES)[number]
export const KNOWN_STATUSES: readonly KnownStatus[] = STATUSES

/** Label of a WordPress status; a custom status unchanged. */
export function useStatusLabel(): (status: string) => string {
  const t = useTranslations('items.status')
  return (status) => {
    const known = STATUSES.find((name) => name === status)
    return known ? t(known) : status
  }
}
