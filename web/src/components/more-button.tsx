import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'

interface MoreButtonProps {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  onMore: () => void
}

/** Button for the next page of a list; renders nothing on the last page. */
export function MoreButton({ hasNextPage, isFetchingNextPage, onMore }: MoreButtonProps): ReactNode {
  const t = useTranslations('common')
  if (!hasNextPage) return null
  return (
    <Button variant="default" loading={isFetchingNextPage} onClick={onMore}>
      {t('more')}
    </Button>
  )
}
