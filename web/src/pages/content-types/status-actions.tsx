import { Button, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { Connection, Integration, TestResult } from '../../api/types.ts'
import { notifyFailure } from '../../components/notify.ts'
import { useProblemText } from '../../components/use-problem-text.ts'
import { useSwitchOn, useTestConnection } from '../../queries/integration.ts'
import classes from './content-types.module.css'

type Action = 'connect' | 'test' | 'cause' | 'newKey' | 'reconnect' | 'switchOn'

/** Actions for each state; the first is the main one. */
const ACTIONS: Record<Connection, Action[]> = {
  not_connected: ['connect'],
  authenticating: ['test', 'connect'],
  structure_syncing: ['test'],
  ready: ['test'],
  degraded: ['test', 'cause'],
  unreachable: ['test', 'cause'],
  key_revoked: ['newKey', 'reconnect'],
  disabled: ['switchOn'],
}
/** States that need no action. */
const CALM = new Set<Connection>(['ready', 'structure_syncing', 'authenticating'])

interface StatusActionsProps {
  integration: Integration
  health: Integration['health']
}

/** Actions for the current state of the connection. */
export function StatusActions({ integration, health }: StatusActionsProps): ReactNode {
  const test = useTestConnection(integration)
  const actions = [...ACTIONS[health.state]]
  if (!integration.sync_enabled && !actions.includes('switchOn')) actions.unshift('switchOn')
  return (
    <div className={classes.actions}>
      <Group gap="xs">
        {actions.map((action, index) => {
          const variant = index > 0 || CALM.has(health.state) ? 'default' : 'filled'
          if (action === 'switchOn')
            return (
              <SwitchOn key={action} integration={integration} isOfSite={health.reason?.code === 'site_inactive'} />
            )
          if (action === 'test')
            return <TestButton key={action} variant={variant} integration={integration} test={test} />
          return <LinkButton key={action} variant={variant} siteId={integration.site_id} action={action} />
        })}
      </Group>
      {test.data && !test.isPending && <TestOutcome result={test.data} siteId={integration.site_id} />}
    </div>
  )
}

const TARGETS = { connect: 'connect', reconnect: 'connect', newKey: 'connection', cause: 'connection' } as const

function LinkButton(props: { variant: string; siteId: string; action: keyof typeof TARGETS }): ReactNode {
  const t = useTranslations('contentTypes.status')
  return (
    <Button size="sm" variant={props.variant} component={Link} to={`/sites/${props.siteId}/${TARGETS[props.action]}`}>
      {t(props.action)}
    </Button>
  )
}

interface TestButtonProps {
  variant: string
  integration: Integration
  test: ReturnType<typeof useTestConnection>
}

function TestButton({ variant, test }: TestButtonProps): ReactNode {
  const t = useTranslations('contentTypes.status')
  const start = () => test.mutate(undefined, { onError: (error) => void notifyFailure(t('testRefused'), error) })
  return (
    <Button size="sm" variant={variant} loading={test.isPending} onClick={start}>
      {t('test')}
    </Button>
  )
}

function SwitchOn({ integration, isOfSite }: { integration: Integration; isOfSite: boolean }): ReactNode {
  const t = useTranslations('contentTypes.status')
  const switchOn = useSwitchOn(integration)
  const start = () =>
    switchOn.mutate(undefined, { onError: (error) => void notifyFailure(t('switchOnRefused'), error) })
  if (isOfSite)
    return (
      <Button size="sm" component={Link} to={`/sites/${integration.site_id}/settings`}>
        {t('siteSettings')}
      </Button>
    )
  return (
    <Button size="sm" loading={switchOn.isPending} onClick={start}>
      {t('switchOn')}
    </Button>
  )
}

function TestOutcome({ result, siteId }: { result: TestResult; siteId: string }): ReactNode {
  const t = useTranslations('contentTypes.status')
  const { detail, detailLanguage, fix } = useProblemText()(result)
  return (
    <Text component="output" display="block" size="sm" mt={8} className={classes.testOutcome}>
      {result.success ? (
        t('testPassed')
      ) : (
        <>
          {t('testFailed')}: <span lang={detailLanguage}>{detail}</span> {fix}
        </>
      )}{' '}
      <Link href={`/sites/${siteId}/connection`}>{t('evidence')}</Link>
    </Text>
  )
}
