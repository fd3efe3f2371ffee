import { Button, Stack, Switch, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Endpoint } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyDone, notifyFailure } from '../../components/notify.ts'
import { MOMENT, RelativeTime } from '../../components/relative-time.tsx'
import { useDeleteEndpoint, useTestEndpoint, useUpdateEndpoint } from '../../queries/notifications.ts'
import type { EndpointTask } from './endpoint-dialog.tsx'
import { EndpointState } from './endpoint-state.tsx'
import classes from './notifications.module.css'
import { TestOutcome } from './test-outcome.tsx'

interface EndpointRowProps {
  endpoint: Endpoint
  mayChange: boolean
  onTask: (task: EndpointTask) => void
}

function Name({ endpoint }: Pick<EndpointRowProps, 'endpoint'>): ReactNode {
  const t = useTranslations('notifications.endpoints')
  const format = useFormatter()
  const { name, url, previous_secret_until: until } = endpoint
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600}>
        {name}
      </Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {url}
      </Text>
      {until !== null && (
        <Text size="xs" c="dimmed">
          {t('previous', { when: format.dateTime(new Date(until), MOMENT) })}
        </Text>
      )}
    </Stack>
  )
}

function OnOff({ endpoint }: Pick<EndpointRowProps, 'endpoint'>): ReactNode {
  const t = useTranslations('notifications.endpoints')
  const update = useUpdateEndpoint(endpoint.id)
  const save = (isActive: boolean) =>
    update.mutate({ is_active: isActive }, { onError: (error) => void notifyFailure(t('switchFailed'), error) })
  return (
    <Switch
      size="sm"
      aria-label={t('switch', { name: endpoint.name })}
      checked={update.isPending ? (update.variables.is_active ?? endpoint.is_active) : endpoint.is_active}
      onChange={(event) => save(event.currentTarget.checked)}
    />
  )
}

function Removal({ endpoint }: Pick<EndpointRowProps, 'endpoint'>): ReactNode {
  const t = useTranslations('notifications.endpoints')
  const removal = useDeleteEndpoint(endpoint.id)
  const { name } = endpoint
  const remove = async () => {
    await removal.mutateAsync()
    await notifyDone(t('deleted', { name }))
  }
  return (
    <ConfirmButton
      size="xs"
      label={t('delete')}
      title={t('deleteTitle', { name })}
      text={t('deleteText')}
      confirmLabel={t('delete')}
      isDangerous
      onConfirm={remove}
      isPending={removal.isPending}
      error={removal.error}
    />
  )
}

/** One endpoint: state, actions and result of its test. */
export function EndpointRow({ endpoint, mayChange, onTask }: EndpointRowProps): ReactNode {
  const t = useTranslations('notifications.endpoints')
  const d = useTranslations('notifications.dialog')
  const test = useTestEndpoint(endpoint.id)
  const { name } = endpoint
  const button = { size: 'xs', variant: 'default' } as const
  return (
    <tr data-endpoint={endpoint.id}>
      <td>
        <Name endpoint={endpoint} />
      </td>
      <td data-label={t('state')}>
        <Stack gap="xs" align="flex-start">
          <EndpointState endpoint={endpoint} />
          <div aria-live="polite">
            {(test.data ?? test.error) && <TestOutcome result={test.data ?? null} error={test.error} />}
          </div>
        </Stack>
      </td>
      <td data-label={t('delivered')}>
        {endpoint.last_delivered_at === null ? t('notYet') : <RelativeTime at={endpoint.last_delivered_at} />}
      </td>
      {mayChange && (
        <td>
          <div className={classes.actions}>
            <OnOff endpoint={endpoint} />
            <Button
              {...button}
              loading={test.isPending}
              onClick={() => test.mutate()}
              aria-label={t('testOf', { name })}
            >
              {t('test')}
            </Button>
            <Button
              {...button}
              onClick={() => onTask({ kind: 'change', endpoint })}
              aria-label={t('changeOf', { name })}
            >
              {t('change')}
            </Button>
            <Button
              {...button}
              onClick={() => onTask({ kind: 'rotate', endpoint })}
              aria-label={d('rotateOf', { name })}
            >
              {d('rotate')}
            </Button>
            <Removal endpoint={endpoint} />
          </div>
        </td>
      )}
    </tr>
  )
}
