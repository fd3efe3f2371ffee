import { Progress, Skeleton, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Usage } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import { ListTable } from '../../components/list-table.tsx'
import { Page } from '../../components/page.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useSession } from '../../queries/session.ts'
import { useUsage } from '../../queries/usage.ts'
import { isNearlyFull, percentOf } from './share.ts'

const COUNTED = ['sites', 'integrations', 'api_keys', 'members', 'invitations', 'endpoints'] as const
const KEPT = ['events', 'audit_records'] as const

interface RowProps {
  name: string
  hint?: string | undefined
  used: string
  children: ReactNode
}

function Row({ name, hint, used, children }: RowProps): ReactNode {
  const t = useTranslations('usage')
  return (
    <tr>
      <td>
        <div>
          <Text size="sm" fw={550}>
            {name}
          </Text>
          {hint && (
            <Text size="xs" c="dimmed">
              {hint}
            </Text>
          )}
        </div>
      </td>
      <td data-label={t('used')}>{used}</td>
      <td data-label={t('limit')}>{children}</td>
    </tr>
  )
}

function Limit({ name, used, most }: { name: string; used: number; most: number }): ReactNode {
  const t = useTranslations('usage')
  const format = useFormatter()
  const isFull = isNearlyFull(used, most)
  return (
    <Stack gap={4} miw={160} maw={260}>
      <Text size="sm">{t('most', { most: format.number(most) })}</Text>
      <Progress value={percentOf(used, most)} {...(isFull && { color: 'orange' })} aria-label={t('share', { name })} />
      {isFull && (
        <Text size="xs" data-usage="nearly-full">
          {used >= most ? t('full') : t('nearlyFull')}
        </Text>
      )}
    </Stack>
  )
}

function UsageTable({ usage }: { usage: Usage }): ReactNode {
  const t = useTranslations('usage')
  const format = useFormatter()
  const amounts = useAmounts()
  return (
    <div className="panel">
      <ListTable caption={t('title')} columns={[t('what'), t('used'), t('limit')]} actions={null}>
        {COUNTED.map((kind) => {
          const { used, most } = usage[kind]
          const name = t(`kinds.${kind}`)
          return (
            <Row
              key={kind}
              name={name}
              hint={kind === 'api_keys' ? t('keysHint') : undefined}
              used={format.number(used)}
            >
              {most === null ? t('noLimit') : <Limit name={name} used={used} most={most} />}
            </Row>
          )
        })}
        {KEPT.map((kind) => {
          const count = format.number(usage[kind].used)
          const isMore = kind === 'events' && usage.events.is_more
          return (
            <Row key={kind} name={t(`kinds.${kind}`)} used={isMore ? t('moreThan', { count }) : count}>
              {t(kind === 'events' ? 'byTime' : 'noLimit')}
            </Row>
          )
        })}
        <Row name={t('kinds.stored_bytes')} hint={t('bytesHint')} used={amounts.bytes(usage.stored_bytes.used)}>
          {t('perSite')}
        </Row>
      </ListTable>
    </div>
  )
}

export default function UsagePage(): ReactNode {
  const t = useTranslations('usage')
  const { data: session } = useSession()
  const { data, error, isPending, refetch } = useUsage()
  return (
    <Page title={t('title')} description={t('description', { account: session?.account.name ?? '' })}>
      {isPending && <Skeleton height={420} radius="lg" />}
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && <UsageTable usage={data} />}
    </Page>
  )
}
