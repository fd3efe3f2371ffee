import { Progress, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { OperatorOverview } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import { ListTable } from '../../components/list-table.tsx'
import { Panel } from '../../components/panel.tsx'

type Database = OperatorOverview['databases'][number]

function Row({ database, most }: { database: Database; most: number }): ReactNode {
  const t = useTranslations('operator.databases')
  const format = useFormatter()
  const amounts = useAmounts()
  const { name, bytes, bytes_per_day: growth, days_left: left, is_filling: isFilling } = database
  return (
    <tr>
      <td>{name}</td>
      <td data-label={t('used')}>
        <Stack gap={4} miw={140}>
          <Text size="sm">{amounts.bytes(bytes)}</Text>
          <Progress
            value={(100 * bytes) / most}
            {...(isFilling && { color: 'orange' })}
            aria-label={t('bar', { name })}
          />
        </Stack>
      </td>
      <td data-label={t('growth')}>{growth === null ? t('unknown') : amounts.bytes(Math.max(0, growth))}</td>
      <td data-label={t('left')}>
        {left === null ? (growth === null ? t('unknown') : t('endless')) : format.number(left)}
      </td>
    </tr>
  )
}

/** How full each database is, and for how long it lasts. */
export function DatabasesPanel({ databases, most }: { databases: readonly Database[]; most: number }): ReactNode {
  const t = useTranslations('operator.databases')
  const columns = [t('name'), t('used'), t('growth'), t('left')]
  return (
    <Panel heading={t('heading')}>
      <ListTable caption={t('heading')} columns={columns} actions={null}>
        {databases.map((database) => (
          <Row key={database.name} database={database} most={most} />
        ))}
      </ListTable>
    </Panel>
  )
}
