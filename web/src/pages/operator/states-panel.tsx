import { Progress, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { OperatorOverview } from '../../api/types.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import { ConnectionBadge } from '../../components/connection-badge.tsx'
import { ListTable } from '../../components/list-table.tsx'
import { Panel } from '../../components/panel.tsx'
import classes from './operator.module.css'

type Sites = NonNullable<OperatorOverview['sites']>

function States({ sites }: { sites: Sites }): ReactNode {
  const t = useTranslations('operator.sites')
  const names = useTranslations('common.connectionState')
  const format = useFormatter()
  const total = sites.states.reduce((sum, { count }) => sum + count, 0)
  return (
    <ListTable caption={t('heading')} columns={[t('state'), t('count'), t('share')]} actions={null}>
      {sites.states
        .toSorted((left, right) => right.count - left.count)
        .map(({ state, count }) => (
          <tr key={state}>
            <td>
              <ConnectionBadge state={state} />
            </td>
            <td data-label={t('count')}>{format.number(count)}</td>
            <td data-label={t('share')}>
              <Progress value={(100 * count) / total} miw={80} flex={1} aria-label={`${t('share')}: ${names(state)}`} />
            </td>
          </tr>
        ))}
    </ListTable>
  )
}

function Reasons({ reasons }: { reasons: Sites['reasons'] }): ReactNode {
  const t = useTranslations('operator.sites')
  const format = useFormatter()
  const codeTitle = useCodeTitle()
  if (reasons.length === 0) return null
  return (
    <div>
      <Title order={3} size="h6" mb={8}>
        {t('reasons')}
      </Title>
      <ul className={classes.codes}>
        {reasons.map(({ code, count }) => (
          <li key={code} title={code}>
            <span>{codeTitle(code)}</span>
            <span data-numeric>{format.number(count)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The sites by the state of their connection, as they were counted last. */
export function StatesPanel({ sites }: { sites: OperatorOverview['sites'] }): ReactNode {
  const t = useTranslations('operator.sites')
  const format = useFormatter()
  const text = sites && t('text', { polling: sites.polling, failed: format.number(sites.last_failed) })
  return (
    <Panel heading={t('heading')} text={text}>
      {sites && sites.states.length > 0 ? (
        <Stack gap="md">
          <States sites={sites} />
          <Reasons reasons={sites.reasons} />
        </Stack>
      ) : (
        <Text size="sm" c="dimmed">
          {t('notYet')}
        </Text>
      )}
    </Panel>
  )
}
