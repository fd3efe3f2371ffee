import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { MoreButton } from './more-button.tsx'
import { ErrorState } from './states.tsx'

interface LoadMoreProps {
  /** How much of the list is here, in words. */
  shown: string
  hasNextPage: boolean
  isFetchingNextPage: boolean
  /** Why the next page did not come; null where it did. */
  error: unknown
  onMore: () => void
}

/** The end of a list that goes on: how much is here, and the next page. */
export function LoadMore({ shown, hasNextPage, isFetchingNextPage, error, onMore }: LoadMoreProps): ReactNode {
  if (error) return <ErrorState error={error} onRetry={onMore} />
  return (
    <Group justify="space-between" mih={36}>
      <Text size="sm" c="dimmed" component="output" aria-live="polite" data-numeric>
        {shown}
      </Text>
      <MoreButton hasNextPage={hasNextPage} isFetchingNextPage={isFetchingNextPage} onMore={onMore} />
    </Group>
  )
}
