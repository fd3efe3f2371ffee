import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconMailOff } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useMailSubscription, useSetSubscribed } from '../../queries/mail.ts'
import { AuthLayout } from './auth-layout.tsx'

/** The token is in the URL's fragment, which browsers don't send. */
const readToken = (): string | null => new URLSearchParams(window.location.hash.slice(1)).get('token') || null

/** Asks before it stops anything: programs that scan mail open its links, too. */
function Subscription({ token }: { token: string }): ReactNode {
  const t = useTranslations('auth.unsubscribe')
  const query = useMailSubscription(token)
  const change = useSetSubscribed(token)
  if (query.error) return <ErrorState error={query.error} />
  if (!query.data) return <Skeleton height={120} radius="lg" />
  const { list, subscribed } = query.data
  return (
    <Stack aria-live="polite">
      <Text fw={600}>{subscribed ? t(list) : t('stopped')}</Text>
      {subscribed && (
        <Text size="sm" c="dimmed">
          {t(`${list}Text`)}
        </Text>
      )}
      {change.error && <ErrorState error={change.error} />}
      <Group>
        <Button
          variant={subscribed ? 'filled' : 'default'}
          loading={change.isPending}
          onClick={() => change.mutate(!subscribed)}
        >
          {subscribed ? t('stop') : t('resume')}
        </Button>
      </Group>
    </Stack>
  )
}

/** Where the link of a mail leads by which such mail is left. Works without a session. */
export default function UnsubscribePage(): ReactNode {
  const t = useTranslations('auth.unsubscribe')
  const [token] = useState(readToken)
  return (
    <AuthLayout title={t('title')}>
      {token === null ? (
        <EmptyState icon={<IconMailOff />} title={t('missing')} text={t('missingText')} />
      ) : (
        <Subscription token={token} />
      )}
    </AuthLayout>
  )
}
