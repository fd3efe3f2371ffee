import { Group, Loader } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { ItemSummary } from '../../api/types.ts'
import classes from '../../components/data-list.module.css'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ItemStateBadge } from '../../components/state-badge.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { WordPressLink } from './wordpress-link.tsx'

/** State of the item, below its title. */
export function ItemStanding({ item, isSaving }: { item: ItemSummary; isSaving: boolean }): ReactNode {
  const t = useTranslations('items')
  const common = useTranslations('common')
  const { id } = useThisSite()
  return (
    <Group gap="md" fz="sm">
      <ItemStateBadge state={item.state} />
      {item.protected && (
        <span>
          <IconLock size={16} aria-hidden style={{ verticalAlign: -3, marginInlineEnd: 6 }} />
          {common('protected')}
        </span>
      )}
      <span>
        {t('updated')} <RelativeTime at={item.updated_at} />
      </span>
      <WordPressLink item={item} isNamed />
      <Link href={`/sites/${id}/items`} className={classes.link}>
        {t('gone.toItems')}
      </Link>
      <output aria-live="polite">
        {isSaving && (
          <Group gap={6}>
            <Loader size={12} aria-hidden /> {t('edit.saving')}
          </Group>
        )}
      </output>
    </Group>
  )
}
