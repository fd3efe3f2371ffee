import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { AuditRecord } from '../../api/types.ts'
import { ListTable } from '../../components/list-table.tsx'
import { useZoneName } from '../../components/relative-time.tsx'
import { useActionText } from './use-action-text.ts'
import { useActorText } from './use-actor-text.ts'
import { useDetailTexts } from './use-detail-text.ts'

function Row({ record }: { record: AuditRecord }): ReactNode {
  const t = useTranslations('audit')
  const format = useFormatter()
  const actionText = useActionText()
  const actorText = useActorText()
  const { origin } = record
  const place = [origin?.country, origin?.network, origin?.device].filter(Boolean).join(' · ')
  const details = useDetailTexts()(record.metadata)
  return (
    <tr data-seq={record.seq}>
      <td data-label={t('when')} data-numeric>
        <time dateTime={record.at}>
          {format.dateTime(new Date(record.at), { dateStyle: 'medium', timeStyle: 'medium' })}
        </time>
      </td>
      <td data-label={t('who')}>{actorText(record.actor)}</td>
      <td data-label={t('what')}>
        <Stack gap={2}>
          <Text size="sm" fw={600}>
            {actionText(record.action)}
          </Text>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {record.entity_name ?? record.entity_id}
          </Text>
          {details.length > 0 && (
            <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {details.join(' · ')}
            </Text>
          )}
        </Stack>
      </td>
      <td data-label={t('where')}>{place || t('unknownPlace')}</td>
    </tr>
  )
}

/** Records of the audit log. */
export function AuditTable({ records }: { records: readonly AuditRecord[] }): ReactNode {
  const t = useTranslations('audit')
  const zone = useZoneName()
  return (
    <ListTable
      caption={t('title')}
      columns={[`${t('when')} (${zone})`, t('who'), t('what'), t('where')]}
      actions={null}
    >
      {records.map((record) => (
        <Row key={record.seq} record={record} />
      ))}
    </ListTable>
  )
}
