import { Button, Radio, Skeleton, Stack, Switch } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { Integration, IntegrationUpdate } from '../../api/types.ts'
import { notifyFailure } from '../../components/notify.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useUpdateIntegration } from '../../queries/connection.ts'
import { useIntegration } from '../../queries/sites.ts'

const POLICIES = ['manual', 'wordpress', 'igny8', 'newest'] as const
type Policy = (typeof POLICIES)[number]

/** The stored policy; `manual` by default. */
const policyOf = ({ config_json: config }: Integration): Policy =>
  POLICIES.find((policy) => policy === config.conflict_policy) ?? 'manual'

function SyncChoices({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('settings.sync')
  const update = useUpdateIntegration(integration)
  const save = (patch: IntegrationUpdate) =>
    update.mutate(patch, { onError: (error) => void notifyFailure(t('failed'), error) })
  // a choice is shown at once, and reset if refused
  const underWay = update.isPending ? update.variables : {}
  return (
    <Stack gap="lg">
      <Switch
        label={t('enabled')}
        description={t('enabledHint')}
        checked={underWay.sync_enabled ?? integration.sync_enabled}
        onChange={(event) => save({ sync_enabled: event.currentTarget.checked })}
      />
      <Switch
        label={t('active')}
        description={t('activeHint')}
        checked={underWay.is_active ?? integration.is_active}
        onChange={(event) => save({ is_active: event.currentTarget.checked })}
      />
      <Radio.Group
        label={t('policy')}
        description={t('policyHint')}
        value={underWay.config_json?.conflict_policy ?? policyOf(integration)}
        onChange={(value) => save({ config_json: { conflict_policy: value } })}
      >
        <Stack gap="sm" mt="sm">
          {POLICIES.map((policy) => (
            <Radio key={policy} value={policy} label={t(policy)} description={t(`${policy}Text`)} />
          ))}
        </Stack>
      </Radio.Group>
    </Stack>
  )
}

/** Sync settings of the site; each change is saved at once. */
export function SyncPanel({ siteId }: { siteId: string }): ReactNode {
  const t = useTranslations('settings.sync')
  const { data: integration, error, isPending, refetch } = useIntegration(siteId)
  const connect = (
    <Button component={Link} to={`/sites/${siteId}/connect`} variant="default">
      {t('connect')}
    </Button>
  )
  return (
    <Panel
      heading={t('heading')}
      text={integration === null ? t('none') : t('text')}
      actions={integration === null && connect}
    >
      {isPending && <Skeleton height={240} />}
      {error && integration === undefined && <ErrorState error={error} onRetry={() => void refetch()} />}
      {integration && <SyncChoices integration={integration} />}
    </Panel>
  )
}
