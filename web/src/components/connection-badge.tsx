import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Connection } from '../api/types.ts'

const TONE: Record<Connection, 'good' | 'warn' | 'bad' | 'idle' | 'busy'> = {
  not_connected: 'idle',
  authenticating: 'busy',
  structure_syncing: 'busy',
  ready: 'good',
  degraded: 'warn',
  unreachable: 'bad',
  key_revoked: 'bad',
  disabled: 'idle',
}

/** Dot and label of a connection state. The dot's shape differs too, for people who don't see its colour. */
export function ConnectionBadge({ state }: { state: Connection }): ReactNode {
  const t = useTranslations('common.connectionState')
  const tone = TONE[state]
  return (
    <Group gap={8} wrap="nowrap" data-connection={state}>
      <Dot tone={tone} />
      <Text fw={600} component="span">
        {t(state)}
      </Text>
    </Group>
  )
}

function Dot({ tone }: { tone: (typeof TONE)[Connection] }): ReactNode {
  const color = `var(--app-${tone})`
  return (
    <svg
      width="12"
      height="12"
      viewBox="0 0 12 12"
      aria-hidden
      className={tone === 'busy' ? 'pulse' : undefined}
      style={{ flexShrink: 0 }}
    >
      {tone === 'bad' && <path d="M2 2l8 8M10 2l-8 8" stroke={color} strokeWidth="2.5" strokeLinecap="round" />}
      {tone === 'warn' && <path d="M6 1l5.5 10H.5z" fill={color} />}
      {tone === 'idle' && <circle cx="6" cy="6" r="4" fill="none" stroke={color} strokeWidth="2.5" />}
      {(tone === 'good' || tone === 'busy') && <circle cx="6" cy="6" r="5.5" fill={color} />}
    </svg>
  )
}
