import { Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconBan, IconCircleCheck, IconClock, type TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Endpoint } from '../../api/types.ts'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ErrorWords } from './error-words.tsx'

type State = 'well' | 'fresh' | 'failing' | 'off'

const ICONS: Record<State, [TablerIcon, tone: string]> = {
  well: [IconCircleCheck, 'good'],
  fresh: [IconClock, 'idle'],
  failing: [IconAlertTriangle, 'bad'],
  off: [IconBan, 'idle'],
}

function stateOf(endpoint: Endpoint): State {
  if (!endpoint.is_active) return 'off'
  if (endpoint.failing_since !== null) return 'failing'
  return endpoint.last_delivered_at === null ? 'fresh' : 'well'
}

/** State of an endpoint; for a failing one also since when and why. */
export function EndpointState({ endpoint }: { endpoint: Endpoint }): ReactNode {
  const t = useTranslations('notifications.endpoints')
  const state = stateOf(endpoint)
  const [Icon, tone] = ICONS[state]
  return (
    <Stack gap={4}>
      <Text component="span" size="sm" fw={550} data-state={state}>
        <Icon
          size={16}
          aria-hidden
          color={`var(--app-${tone})`}
          style={{ verticalAlign: '-3px', marginInlineEnd: 6 }}
        />
        {state === 'failing' ? (
          <>
            {t('failingSince')} <RelativeTime at={endpoint.failing_since} />
          </>
        ) : (
          t(`status.${state}`)
        )}
      </Text>
      {state === 'failing' && endpoint.last_error && (
        <>
          <ErrorWords error={endpoint.last_error} />
          <Text size="xs" c="dimmed">
            {t('staysOn')}
          </Text>
        </>
      )}
      {endpoint.pending > 0 && (
        <Text size="xs" c="dimmed">
          {t('pending', { count: endpoint.pending })}
        </Text>
      )}
    </Stack>
  )
}
