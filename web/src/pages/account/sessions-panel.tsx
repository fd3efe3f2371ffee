import { Badge, Button, Group, Skeleton, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import type { SessionInfo } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { Panel } from '../../components/panel.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useEndOtherSessions, useEndSession, useOwnSessions } from '../../queries/me.ts'
import classes from './account.module.css'

function usePlace({ city, country, ip_address: address }: SessionInfo): string {
  const locale = useLocale()
  const name = country === null ? null : new Intl.DisplayNames(locale, { type: 'region' }).of(country)
  return [city, name].filter(Boolean).join(', ') || (address ?? '')
}

function SessionRow({ session }: { session: SessionInfo }): ReactNode {
  const t = useTranslations('account.sessions')
  const end = useEndSession()
  const place = usePlace(session)
  const device = [session.browser, session.system].filter(Boolean).join(', ') || t('unknownDevice')
  return (
    <li>
      <div>
        <Group gap="xs">
          <Text fw={600}>{device}</Text>
          {session.current && (
            <Badge styles={{ label: { color: 'var(--mantine-color-text)' } }} variant="light">
              {t('current')}
            </Badge>
          )}
          {session.second_factor && (
            <Badge styles={{ label: { color: 'var(--mantine-color-text)' } }} variant="light" color="green">
              {t('secondFactor')}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {place && `${place} · `}
          {t('since')} <RelativeTime at={session.created_at} />
        </Text>
        {end.error && <ErrorState error={end.error} />}
      </div>
      {!session.current && (
        <Button
          size="xs"
          variant="default"
          loading={end.isPending}
          onClick={() => end.mutate(session.id)}
          aria-label={t('endOf', { device })}
        >
          {t('end')}
        </Button>
      )}
    </li>
  )
}

/** Where the person is signed in. */
export function SessionsPanel(): ReactNode {
  const t = useTranslations('account.sessions')
  const { data, error, isPending, refetch } = useOwnSessions()
  const endOthers = useEndOtherSessions()
  const hasOthers = (data ?? []).length > 1
  const endAll = hasOthers && (
    <ConfirmButton
      label={t('endOthers')}
      title={t('endOthers')}
      text={t('endOthersText')}
      confirmLabel={t('endOthers')}
      onConfirm={() => endOthers.mutateAsync()}
      isPending={endOthers.isPending}
      error={endOthers.error}
    />
  )
  return (
    <Panel heading={t('heading')} text={t('text')} actions={endAll}>
      {isPending && <Skeleton height={80} />}
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && (
        <ul className={classes.rows}>
          {data.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      )}
    </Panel>
  )
}
