import { Group, Text, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ErrorState } from '../components/states.tsx'
import { ApiError } from '../api/errors.ts'
import { useLive } from './live-context.ts'

const TONE = { connecting: 'idle', live: 'good', reconnecting: 'warn', paused: 'idle', ended: 'bad' } as const

/** Shows whether data is live, polled or out of date, and announces changes to screen readers. */
export function LiveIndicator(): ReactNode {
  const t = useTranslations('shell.live')
  const { status, isStale, retryNow } = useLive()
  if (status.kind === 'off') return null
  const { kind } = status
  const isLost = kind === 'reconnecting'
  return (
    <Group gap={6} wrap="nowrap" ml="auto" data-live={kind}>
      <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden style={{ flexShrink: 0 }}>
        {kind === 'live' ? (
          <circle cx="4" cy="4" r="4" fill={`var(--app-${TONE[kind]})`} />
        ) : (
          <circle cx="4" cy="4" r="3" fill="none" strokeWidth="2" stroke={`var(--app-${TONE[kind]})`} />
        )}
      </svg>
      <Text component="output" size="sm" title={kind === 'live' ? t('liveHint') : undefined}>
        {t(kind)}
        {isLost && (
          <Text span inherit visibleFrom="sm">
            {'. '}
            {isStale ? t('stale') : t('polling')}
          </Text>
        )}
      </Text>
      {isLost && (
        <UnstyledButton onClick={retryNow} fz="sm" td="underline" c="var(--mantine-color-anchor)">
          {t('retry')}
        </UnstyledButton>
      )}
    </Group>
  )
}

/** Why live updates have stopped for good. */
export function LiveNotice(): ReactNode {
  const t = useTranslations('shell.live')
  const { status } = useLive()
  if (status.kind !== 'ended') return null
  const { problem, detail } = status.end
  return (
    <Group component="section" mb="lg" aria-label={t('ended')} grow>
      {problem ? (
        <ErrorState error={new ApiError(problem)} onRetry={() => window.location.reload()} />
      ) : (
        <Text role="alert" className="panel" p="md" size="sm">
          <b>{t('ended')}.</b> {detail} {t('endedFix')}
        </Text>
      )}
    </Group>
  )
}
