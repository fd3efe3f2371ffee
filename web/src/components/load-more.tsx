import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useShownError } from '../offline/use-shown-error.ts'
import { MoreButton } from './more-button.tsx'
import { ErrorState } from './states.tsx'

interface LoadMoreProps {
  /** How many entries are shown, in words. */
  shown: string
  hasNextPage: boolean
  isFetchingNextPage: boolean
  /** Error of the last page request; null if it succeeded. */
  error: unknown
  onMore: () => void
}

/** Footer of a paged list: how much is shown, and a button for the next page. */
export function LoadMore({ shown, hasNextPage, isFetchingNextPage, error, onMore }: LoadMoreProps): ReactNode {
  const shownError = useShownError(error)
  if (shownError) return <ErrorState error={shownError} onRetry={onMore} />
  return (
    <Group justify="space-between" mih={36}>
      <Text size="sm" c="dimmed" component="output" aria-live="polite" data-numeric>
        {shown}
      </Text>
      <MoreButton hasNextPage={hasNextPage} isFetchingNextPage={isFetchingNextPage} onMore={onMore} />
    </Group>
  )
}
