import { SimpleGrid, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { OperatorOverview } from '../../api/types.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import { Panel } from '../../components/panel.tsx'
import { ReplayButton } from './actions.tsx'
import classes from './operator.module.css'

interface CodesProps {
  heading: string
  codes: { key: string; title: string; count: number; action?: ReactNode }[]
}

function Codes({ heading, codes }: CodesProps): ReactNode {
  const t = useTranslations('operator.failures')
  const format = useFormatter()
  return (
    <div>
      <Title order={3} size="h6" mb={8}>
        {heading}
      </Title>
      {codes.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('nothing')}
        </Text>
      )}
      <ul className={classes.codes}>
        {codes.map(({ key, title, count, action }) => (
          <li key={key} title={key}>
            <span>{title}</span>
            <span data-numeric>{format.number(count)}</span>
            {action}
          </li>
        ))}
      </ul>
    </div>
  )
}

interface FailuresProps {
  failures: OperatorOverview['failures']
  deliveries: OperatorOverview['failed_deliveries']
}

/** What failed, by code. */
export function FailuresPanel({ failures, deliveries }: FailuresProps): ReactNode {
  const t = useTranslations('operator.failures')
  const codeTitle = useCodeTitle()
  const titleOf = (code: string) => (code === 'other' ? t('other') : codeTitle(code))
  const listOf = (codes: OperatorOverview['failures']['day']) =>
    codes.map(({ code, count }) => ({ key: code, title: titleOf(code), count }))
  return (
    <Panel heading={t('heading')}>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl">
        <Codes heading={t('day')} codes={listOf(failures.day)} />
        <Codes heading={t('week')} codes={listOf(failures.week)} />
        <Codes
          heading={t('deliveries')}
          codes={deliveries.map(({ channel, code, count }) => ({
            key: `${channel} ${code}`,
            title: t('channel', { channel, code: titleOf(code) }),
            count,
            action: code !== 'other' && (
              <ReplayButton
                wish={{ what: channel === 'email' ? 'mails' : 'webhook_deliveries', code }}
                about={t('channel', { channel, code: titleOf(code) })}
              />
            ),
          }))}
        />
      </SimpleGrid>
    </Panel>
  )
}
