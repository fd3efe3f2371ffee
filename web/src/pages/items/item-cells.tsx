import { Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { ItemSummary } from '../../api/types.ts'
import { titleText } from '../../components/title-text.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import classes from '../../components/data-list.module.css'
import { usePrefetchItem } from '../../queries/items.ts'
import { useFieldLabel } from './field-label.ts'

/** Marks an item that visitors need a password for; the words are beside its status. */
function ProtectedMark(): ReactNode {
  const t = useTranslations('common')
  return (
    <span title={t('protected')} data-protected style={{ marginInlineEnd: 6, color: 'var(--mantine-color-dimmed)' }}>
      <IconLock size={15} aria-hidden style={{ verticalAlign: -2 }} />
    </span>
  )
}

/** Title linked to the item, and its slug. */
export function ItemTitle({ item }: { item: ItemSummary }): ReactNode {
  const t = useTranslations('items')
  const prefetch = usePrefetchItem(item.site_id)
  // the page of an item is loaded with the first that somebody comes near
  const comeNear = () => {
    prefetch(item.id)
    import('./item-page.tsx').catch(() => undefined)
  }
  return (
    <>
      <Link
        href={`/sites/${item.site_id}/items/${item.id}`}
        className={classes.primary}
        onPointerEnter={comeNear}
        onFocus={comeNear}
      >
        <span className={classes.clip}>
          {item.protected && <ProtectedMark />}
          {titleText(item.title) || t('untitled')}
        </span>
      </Link>
      <span className={classes.slug}>{item.slug && `/${item.slug}`}</span>
    </>
  )
}

/** Problem of an item in words. */
export function ItemTrouble({ item }: { item: ItemSummary }): ReactNode {
  const t = useTranslations('items')
  const fieldLabel = useFieldLabel()
  const codeTitle = useCodeTitle()
  if (item.state === 'conflict') {
    const fields = item.conflict_fields.map(fieldLabel).join(', ')
    return (
      <Text size="sm" component="span" className={classes.clip}>
        {item.conflict_fields.includes('deleted') ? t('conflictDeleted') : t('conflictIn', { fields })}
      </Text>
    )
  }
  if (!item.error && item.overdue_since !== null)
    return (
      <Text size="sm" component="span" className={classes.clip}>
        {t('schedule.overdueTitle')}
      </Text>
    )
  if (!item.error) return null
  return (
    <Text size="sm" component="span" className={classes.clip} title={item.error.detail}>
      {codeTitle(item.error.code)}
    </Text>
  )
}
