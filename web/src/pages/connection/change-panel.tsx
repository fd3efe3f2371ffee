import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconShieldQuestion } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Integration, PendingConnectionChange, TestResult } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { notifyDone } from '../../components/notify.ts'
import { Facts, Panel } from '../../components/panel.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useProblemText } from '../../components/use-problem-text.ts'
import { useConfirmChange, useConnectionChange, useRefuseChange } from '../../queries/connection.ts'

/** Refetch interval: plugins ask at any time. */
const REFRESH_MS = 15_000

/** Why the site's answer has not completed the change. */
function Failure({ result }: { result: TestResult }): ReactNode {
  const t = useTranslations('connection.change')
  const words = useProblemText()({ code: result.code, detail: result.detail, fix: result.fix })
  return (
    <Alert color="red" variant="light" title={t('failed')} data-change-result={result.code}>
      <Text size="sm" lang={words.detailLanguage}>
        {words.detail}
      </Text>
      {words.fix && (
        <Text size="sm" fw={550}>
          {words.fix}
        </Text>
      )}
    </Alert>
  )
}

function ChangeFacts({ change }: { change: PendingConnectionChange }): ReactNode {
  const t = useTranslations('connection.change')
  const address = change.new_url === null ? t('sameAddress', { url: change.current_url }) : null
  return (
    <Facts
      facts={[
        [t('secret'), change.new_secret ? t('newSecret') : t('sameSecret')],
        [t('address'), address],
        [t('from'), change.new_url === null ? null : change.current_url],
        [t('to'), change.new_url],
        [t('asked'), <RelativeTime key="asked" at={change.requested_at} />],
        [t('key'), change.api_key],
        [t('origin'), change.requested_from],
        [t('version'), change.plugin_version],
        [t('expires'), <RelativeTime key="expires" at={change.expires_at} />],
      ]}
    />
  )
}

function Decision({ integration, change }: { integration: Integration; change: PendingConnectionChange }): ReactNode {
  const t = useTranslations('connection.change')
  const confirm = useConfirmChange(integration)
  const refuse = useRefuseChange(integration)
  const decide = async () => {
    const result = await confirm.mutateAsync(change.id)
    if (result.success) await notifyDone(t('done'))
  }
  return (
    <Stack>
      {confirm.data && !confirm.data.success && <Failure result={confirm.data} />}
      {refuse.error && <ErrorState error={refuse.error} />}
      <Group gap="sm">
        <ConfirmButton
          label={t('confirm')}
          title={t('question')}
          text={change.new_url === null ? t('sure') : t('sureAddress', { url: change.new_url })}
          confirmLabel={t('confirm')}
          onConfirm={decide}
          isPending={confirm.isPending}
          error={confirm.error}
          variant="filled"
        />
        <Button variant="default" loading={refuse.isPending} onClick={() => refuse.mutate(change.id)}>
          {t('refuse')}
        </Button>
      </Group>
    </Stack>
  )
}

/** A new secret or address that somebody with the site's API key asked for. A person decides. */
export function ChangePanel({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('connection.change')
  const { data } = useConnectionChange(integration.id, REFRESH_MS)
  const change = data?.change
  if (!change) return null
  return (
    <Panel heading={t('heading')} text={t('text')}>
      <Alert color="yellow" variant="light" icon={<IconShieldQuestion aria-hidden />} title={t('careful')}>
        <Text size="sm">{change.state === 'confirmed' ? t('confirmed') : t('carefulText')}</Text>
      </Alert>
      <ChangeFacts change={change} />
      <Decision integration={integration} change={change} />
    </Panel>
  )
}
