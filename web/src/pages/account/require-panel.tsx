import { Skeleton, Stack, Switch } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useAccount, useUpdateAccount } from '../../queries/me.ts'
import { otherError, useSensitive } from './use-sensitive.tsx'

/** For owners: whether members need a second factor. */
export function RequirePanel(): ReactNode {
  const t = useTranslations('account.require')
  const { data, error, refetch } = useAccount()
  const update = useUpdateAccount()
  const { run, dialog } = useSensitive()
  const choose = (isRequired: boolean) => run(() => update.mutateAsync({ require_two_factor: isRequired }))
  const refusal = otherError(update.error)
  return (
    <Panel heading={t('heading', { account: data?.name ?? '' })} text={t('text')}>
      {!data && !error && <Skeleton height={44} />}
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && (
        <Stack>
          {refusal !== null && <ErrorState error={refusal} />}
          <Switch
            label={t('label')}
            description={t('hint')}
            checked={data.require_two_factor}
            disabled={update.isPending}
            onChange={(event) => choose(event.currentTarget.checked)}
          />
        </Stack>
      )}
      {dialog}
    </Panel>
  )
}
