import { useTranslations } from 'use-intl'

const PLAIN = ['title', 'body', 'excerpt', 'slug', 'status', 'date', 'parent', 'author', 'featured', 'deleted'] as const
type Plain = (typeof PLAIN)[number]
const isPlain = (path: string): path is Plain => PLAIN.some((name) => name === path)

/** Label of a field: a plain field, a taxonomy (`terms.category`) or a meta key (`meta.price`). */
export function useFieldLabel(): (path: string) => string {
  const t = useTranslations('items')
  return (path) => {
    if (isPlain(path)) return t(`field.${path}`)
    const name = path.slice(path.indexOf('.') + 1)
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
