import { Button } from '@mantine/core'
import { IconFileOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link, useParams } from 'wouter'
import { useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import { Page } from '../../components/page.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useItem } from '../../queries/items.ts'
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

/** Page of one item: state, both sides and actions. */
export default function ItemPage(): ReactNode {
  const site = useThisSite()
  const { itemId } = useParams<{ itemId: string }>()
  const { data: item, error, isPending, refetch } = useItem(site.id, itemId)
  if (isPending) return <PageSkeleton />
  if (isCode(error, 'item_not_found')) return <ItemGone />
  if (!item) return <ErrorState error={error} onRetry={() => void refetch()} />
  return <ItemView item={item} />
}
