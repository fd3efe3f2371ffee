import { Button } from '@mantine/core'
import { IconFileText, IconFilterOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { EmptyState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useMay } from '../../queries/session.ts'

/** Why the list is empty, and what to do. */
function NothingHere({ integrationId }: { integrationId: string | null | undefined }): ReactNode {
  const t = useTranslations('items.empty')
  const { id } = useThisSite()
  const mayEdit = useMay('editor')
  const isConnected = integrationId !== null
  const action = isConnected ? (
    <Button component={Link} to={`/sites/${id}/content-types`}>
      {t('toTypes')}
    </Button>
  ) : (
    <Button component={Link} to={`/sites/${id}/connect`}>
      {t('toConnect')}
    </Button>
  )
  return (
    <EmptyState
      icon={<IconFileText />}
      title={t('title')}
      text={isConnected ? t('text') : t('textUnconnected')}
      action={mayEdit && action}
    />
  )
}

function NothingFound({ onClear }: { onClear: () => void }): ReactNode {
  const t = useTranslations('items')
  return (
    <EmptyState
      icon={<IconFilterOff />}
      title={t('empty.filtered')}
      text={t('empty.filteredText')}
      action={<Button onClick={onClear}>{t('filter.clear')}</Button>}
    />
  )
}

interface NoItemsProps {
  integrationId: string | null | undefined
  /** Takes the filters away; null if there are none. */
  onClear: (() => void) | null
}

/** In place of a list that has no items. */
export default function NoItems({ integrationId, onClear }: NoItemsProps): ReactNode {
  return onClear ? <NothingFound onClear={onClear} /> : <NothingHere integrationId={integrationId} />
}
