import { Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconClock, type TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Delivery } from '../../api/types.ts'
import { notifyDone, notifyFailure } from '../../components/notify.ts'
import { MOMENT, RelativeTime } from '../../components/relative-time.tsx'
import { useRedeliver } from '../../queries/notifications.ts'
import { ErrorWords } from './error-words.tsx'

const ICONS: Record<Delivery['status'], [TablerIcon, tone: string]> = {
  pending: [IconClock, 'busy'],
  delivered: [IconCircleCheck, 'good'],
  failed: [IconAlertTriangle, 'bad'],
}

/** Result of a delivery: status, attempts, error and next attempt. */
function Result({ delivery }: { delivery: Delivery }): ReactNode {
  const t = useTranslations('notifications.deliveries')
  const format = useFormatter()
  const { status, attempts, error, next_attempt_at: next } = delivery
  const [Icon, tone] = ICONS[status]
  const when = next !== null && format.dateTime(new Date(next), MOMENT)
  return (
    <Stack gap={2}>
      <Text component="span" size="sm" fw={550} data-state={status}>
        <Icon
          size={16}
          aria-hidden
          color={`var(--app-${tone})`}
          style={{ verticalAlign: '-3px', marginInlineEnd: 6 }}
        />
        {t(`status.${status}`)}
      </Text>
      <Text size="xs" c="dimmed">
        {t('attempts', { count: attempts })}
        {when && (
          <>
            {', '}
            {t('next')} {when}
          </>
        )}
      </Text>
      {error && <ErrorWords error={error} />}
    </Stack>
  )
}

function Repeat({ delivery }: { delivery: Delivery }): ReactNode {
  const t = useTranslations('notifications.deliveries')
  const repeat = useRedeliver()
  const again = () =>
    repeat.mutate(delivery.id, {
      onSuccess: () => void notifyDone(t('repeated')),
      onError: (error) => void notifyFailure(t('notRepeated'), error),
    })
  return (
    <Button
      size="xs"
      variant="default"
      loading={repeat.isPending}
      onClick={again}
      aria-label={t('againOf', { summary: delivery.summary })}
    >
      {t('again')}
    </Button>
  )
}

function Recipient({ delivery }: { delivery: Delivery }): ReactNode {
  const t = useTranslations('notifications.deliveries.channel')
  return (
    <Stack gap={2}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {delivery.recipient}
      </Text>
      <Text size="xs" c="dimmed">
        {t(delivery.channel)}
      </Text>
    </Stack>
  )
}

/** One delivery. */
export function DeliveryRow({ delivery, mayRepeat }: { delivery: Delivery; mayRepeat: boolean }): ReactNode {
  const t = useTranslations('notifications.deliveries')
  return (
    <tr data-delivery={delivery.status}>
      <td>
        {/* messages are in English */}
        <Text size="sm" fw={600} lang="en">
          {delivery.summary}
        </Text>
      </td>
      <td data-label={t('recipient')}>
        <Recipient delivery={delivery} />
      </td>
      <td data-label={t('result')}>
        <Result delivery={delivery} />
      </td>
      <td data-label={t('when')}>
        <RelativeTime at={delivery.created_at} />
      </td>
      {mayRepeat && (
        <td>
          <Group justify="flex-end">{delivery.status !== 'pending' && <Repeat delivery={delivery} />}</Group>
        </td>
      )}
    </tr>
  )
}
