import { useTranslations } from 'use-intl'
import type { Item, ItemVersion } from '../../api/types.ts'
import { authorText, metaText } from '../../components/diff/compare-versions.ts'
import { useStatusLabel } from './field-label.ts'
import { useItemDate } from './use-item-date.ts'

/** Ids of the parents on both sides of an item. */
export const parentsOf = (item: Item): (string | null | undefined)[] => [
  item.parent_id,
  item.wordpress?.parent_id,
  item.base?.parent_id,
  item.conflict?.wordpress?.parent_id,
]

/** Block delimiters, which are left out for readers. */
const DELIMITERS = /<!--\s+\/?wp:[\s\S]*?-->\s*/g

/** A short value for people: label of a status, formatted date, title of a parent. */
export function useValueText(titleOf: (id: string) => string): (path: string, value: string) => string {
  const dateText = useItemDate()
  const statusLabel = useStatusLabel()
  return (path, value) => {
    if (path === 'status') return statusLabel(value)
    if (path === 'parent') return titleOf(value)
    if (path === 'date') return dateText(value)
    return value
  }
}

const own = <T>(record: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

/** The value of a field as text; empty if absent. `path` is the API's name of a conflicting field. */
function readPart(version: ItemVersion, path: string): string {
  const key = path.slice(path.indexOf('.') + 1)
  if (path.startsWith('terms.')) return (own(version.terms, key) ?? []).join(', ')
  if (path.startsWith('meta.')) {
    const value = own(version.meta, key)
    return value === undefined ? '' : metaText(value)
  }
  if (path.startsWith('seo.')) {
    const value = own<unknown>(version.seo ?? {}, key) ?? ''
    return Array.isArray(value) ? value.join(', ') : metaText(value)
  }
  switch (path) {
    case 'parent':
      return version.parent_id ?? ''
    case 'author':
      return authorText(version.author) ?? ''
    case 'featured':
      return version.featured_image?.url ?? ''
    case 'date':
      return version.date ?? ''
    case 'title':
    case 'body':
    case 'excerpt':
    case 'slug':
    case 'status':
      return version[path]
    default:
      return ''
  }
}

/** Returns the value of a field on one side, in words. */
export function usePartText(titleOf: (id: string) => string): (version: ItemVersion, path: string) => string {
  const t = useTranslations('items')
  const valueText = useValueText(titleOf)
  return (version, path) => {
    const value = readPart(version, path)
    const shown = path === 'body' ? value.replaceAll(DELIMITERS, '').trim() : value
    return shown === '' ? t('emptyValue') : valueText(path, shown)
  }
}
