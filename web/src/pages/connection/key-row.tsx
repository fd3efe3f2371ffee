import { Badge, Button, Code, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { ApiKey } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyDone } from '../../components/notify.ts'
import { MOMENT, RelativeTime } from '../../components/relative-time.tsx'
import { ALL_SCOPES, useRevokeApiKey } from '../../queries/api-keys.ts'

const TONES = {
  active: 'var(--app-good)',
  expiring: 'var(--app-warn)',
  expired: 'var(--app-idle)',
  revoked: 'var(--app-bad)',
} as const

interface KeyRowProps {
  apiKey: ApiKey
  /** Whether the connection was made with it. */
  isInUse: boolean
  mayChange: boolean
  onRotate: () => void
}

function Name({ apiKey, isInUse }: Pick<KeyRowProps, 'apiKey' | 'isInUse'>): ReactNode {
  const t = useTranslations('connection.keys')
  return (
    <Stack gap={4} align="flex-start">
      <Group gap="xs">
        <Text fw={600} size="sm">
          {apiKey.name}
        </Text>
        {isInUse && (
          <Badge variant="default" size="sm" tt="none">
            {t('inUse')}
          </Badge>
        )}
      </Group>
      <Code>{apiKey.key}</Code>
    </Stack>
  )
}

function Scopes({ scopes }: Pick<ApiKey, 'scopes'>): ReactNode {
  const t = useTranslations('connection.keys')
  if (scopes.length === ALL_SCOPES.length) return t('all')
  return (
    <Stack gap={2}>
      {scopes.map((scope) => (
        <span key={scope}>{t(`scope.${scope}`)}</span>
      ))}
    </Stack>
  )
}

function Actions({ apiKey, isInUse, onRotate }: Omit<KeyRowProps, 'mayChange'>): ReactNode {
  const t = useTranslations('connection.keys')
  const revoke = useRevokeApiKey(apiKey.site_id)
  const end = async () => {
    await revoke.mutateAsync(apiKey.id)
    await notifyDone(t('revoked', { name: apiKey.name }))
  }
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button size="xs" variant="default" onClick={onRotate} aria-label={`${t('rotate')}: ${apiKey.name}`}>
        {t('rotate')}
      </Button>
      <ConfirmButton
        size="xs"
        label={t('revoke')}
        title={t('revokeTitle', { name: apiKey.name })}
        text={
          <Stack gap="xs">
            <span>{t('revokeText')}</span>
            {isInUse && <strong>{t('revokeInUse')}</strong>}
          </Stack>
        }
        confirmLabel={t('revoke')}
        isDangerous
        onConfirm={end}
        isPending={revoke.isPending}
        error={revoke.error}
      />
    </Group>
  )
}

/** One key: scopes, status and last use, but never the key itself. */
export function KeyRow({ apiKey, isInUse, mayChange, onRotate }: KeyRowProps): ReactNode {
  const t = useTranslations('connection.keys')
  const format = useFormatter()
  const { status, expires_at: expiresAt } = apiKey
  const isOver = status === 'revoked' || status === 'expired'
  return (
    <tr data-key-status={status} style={isOver ? { color: 'var(--mantine-color-dimmed)' } : undefined}>
      <td>
        <Name apiKey={apiKey} isInUse={isInUse} />
      </td>
      <td data-label={t('allowed')}>
        <Scopes scopes={apiKey.scopes} />
      </td>
      <td data-label={t('state')}>
        <Text component="span" size="sm" fw={550} c={TONES[status]}>
          {t(`status.${status}`)}
        </Text>
      </td>
      <td data-label={t('used')}>
        <RelativeTime at={apiKey.last_used_at} />
      </td>
      <td data-label={t('expires')}>
        {expiresAt === null ? t('neverExpires') : format.dateTime(new Date(expiresAt), MOMENT)}
      </td>
      {mayChange && <td>{!isOver && <Actions apiKey={apiKey} isInUse={isInUse} onRotate={onRotate} />}</td>}
    </tr>
  )
}
