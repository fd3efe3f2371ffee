import { Button } from '@mantine/core'
import { IconFileOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link, useParams } from 'wouter'
import { useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import type { Item, ItemSummary } from '../../api/types.ts'
import { Page } from '../../components/page.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { PageError } from '../../components/page-error.tsx'
import { EmptyState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useItem, useKnownSummary } from '../../queries/items.ts'
import { ItemView } from './item-view.tsx'

function ItemGone(): ReactNode {
  const t = useTranslations('items')
  const site = useThisSite()
  return (
    <Page title={t('gone.title')} context={site.name}>
      <div className="panel">
        <EmptyState
          icon={<IconFileOff />}
          title={t('gone.heading')}
          text={t('gone.text')}
          action={
            <Button component={Link} to={`/sites/${site.id}/items`}>
              {t('gone.toItems')}
            </Button>
          }
        />
      </div>
    </Page>
  )
}

/** What a list would have of an item. */
const summaryOf = (item: Item): ItemSummary => ({ ...item, conflict_fields: item.conflict?.fields ?? [] })

/** Page of one item: state, both sides and actions. It begins with what a list has of it. */
export default function ItemPage(): ReactNode {
  const site = useThisSite()
  const { itemId } = useParams<{ itemId: string }>()
  const { data: item, error, isPending, refetch } = useItem(site.id, itemId)
  const known = useKnownSummary(site.id, itemId)
  const summary = item ? summaryOf(item) : known
  if (isCode(error, 'item_not_found')) return <ItemGone />
  // another item has another form
  if (summary)
    return <ItemView key={itemId} summary={summary} item={item ?? null} error={error} onRetry={() => void refetch()} />
  if (isPending) return <PageSkeleton />
  return <PageError context={site.name} error={error} onRetry={() => void refetch()} />
}
