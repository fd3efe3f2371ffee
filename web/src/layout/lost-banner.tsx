import { Alert, Box, Button, Stack, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useIsFetching, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { useTranslations } from 'use-intl'
import { ClockTime } from '../components/relative-time.tsx'
import { useSession } from '../queries/session.ts'

const ASK_EVERY_MS = 10_000

/** The time of the oldest answer on the page (RFC 3339), or null if the page has none. */
function useAsOf(): string | null {
  const client = useQueryClient()
  // renders anew as requests come and go
  useIsFetching()
  const shown = client.getQueryCache().findAll({ type: 'active' })
  const times = shown.map(({ state }) => state.dataUpdatedAt).filter((time) => time > 0)
  return times.length > 0 ? new Date(Math.min(...times)).toISOString() : null
}

/** Says that the API can't be reached and how old the page is, and asks again until it answers. */
export default function LostBanner(): ReactNode {
  const t = useTranslations('shell.lost')
  const client = useQueryClient()
  const asOf = useAsOf()
  const { isFetching, refetch } = useSession()
  useEffect(() => {
    const ask = () => void refetch()
    const timer = setInterval(ask, ASK_EVERY_MS)
    window.addEventListener('online', ask)
    return () => {
      clearInterval(timer)
      window.removeEventListener('online', ask)
      // the API has answered: what is on the page may be old
      void client.invalidateQueries()
    }
  }, [client, refetch])
  const clock = asOf !== null && <ClockTime at={asOf} />
  return (
    <Box component="output" display="block" mb="lg">
      <Alert
        color="yellow"
        variant="light"
        role="note"
        styles={{ label: { color: 'var(--mantine-color-text)' } }}
        icon={<IconPlugConnectedX aria-hidden />}
        title={navigator.onLine ? t('noAnswer') : t('offline')}
      >
        <Stack gap="sm" align="flex-start">
          <Text size="sm">
            {asOf !== null && t.rich('asOf', { time: () => clock })} {t('changes')}
          </Text>
          <Button size="xs" variant="default" loading={isFetching} onClick={() => void refetch()}>
            {t('retry')}
          </Button>
        </Stack>
      </Alert>
    </Box>
  )
}
