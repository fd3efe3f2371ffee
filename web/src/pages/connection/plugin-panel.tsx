import { Button, Skeleton, Stack, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { DebugStatus, Integration } from '../../api/types.ts'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useProblemText } from '../../components/use-problem-text.ts'
import { useDebugStatus } from '../../queries/connection.ts'
import { Facts, Panel } from '../../components/panel.tsx'
import { type PluginFacts, readPluginFacts } from './plugin-facts.ts'

/** A smaller difference is only the time that the answer took. */
const CLOCK_TOLERANCE_S = 5

function useSizes() {
  const t = useTranslations('connection.plugin')
  const megabytes = (count: number | null) =>
    count === null ? null : count < 0 ? t('noLimit') : t('megabytes', { count })
  const seconds = (count: number | null) =>
    count === null ? null : count === 0 ? t('noLimit') : t('seconds', { count })
  return { megabytes, seconds }
}

function Outbox({ outbox }: { outbox: NonNullable<PluginFacts['outbox']> }): ReactNode {
  const t = useTranslations('connection.plugin')
  if (outbox.pending === 0) return t('outboxNone')
  return (
    <>
      {t('outboxPending', { count: outbox.pending })}
      {outbox.oldestAt && (
        <>
          , {t('outboxOldest')} <RelativeTime at={outbox.oldestAt} />
        </>
      )}
    </>
  )
}

const USER_TEXTS = {
  constant: 'actingUserConstant',
  chosen: 'actingUserChosen',
  connected: 'actingUserConnected',
  first_administrator: 'actingUserDefault',
} as const
const isSource = (source: string): source is keyof typeof USER_TEXTS => Object.hasOwn(USER_TEXTS, source)

/** As whom the plugin writes, and what is wrong with that. */
function ActingUser({ user }: { user: NonNullable<PluginFacts['actingUser']> }): ReactNode {
  const t = useTranslations('connection.plugin')
  const { name, source, problem } = user
  if (name === '') return t('actingUserNobody')
  if (problem !== null) return t(problem === 'missing' ? 'actingUserMissing' : 'actingUserUnable', { name })
  return isSource(source) ? t(USER_TEXTS[source], { name }) : name
}

function ReportedFacts({ facts, skewS }: { facts: PluginFacts; skewS: number | null }): ReactNode {
  const t = useTranslations('connection.plugin')
  const { megabytes, seconds } = useSizes()
  const offS = skewS === null ? null : Math.round(Math.abs(skewS))
  const clock = offS === null ? null : offS <= CLOCK_TOLERANCE_S ? t('clockRight') : t('clockOff', { seconds: offS })
  const isOn = facts.isConnectionOn
  const sync = isOn === null ? null : isOn ? t(facts.isTwoWay ? 'syncTwoWay' : 'syncOn') : t('syncOff')
  const cron = facts.isCronOff ? (
    t('cronOff')
  ) : (
    <>
      {t('cronLast')} <RelativeTime at={facts.cronLastAt} />
    </>
  )
  return (
    <Stack>
      <Facts
        facts={[
          [t('version'), facts.version],
          [t('wordpress'), facts.wordpress],
          [t('php'), facts.php],
          [t('database'), facts.database],
          [t('memory'), megabytes(facts.memoryMb)],
          [t('time'), seconds(facts.maxExecutionS)],
          [t('clock'), clock],
          [t('cron'), cron],
          [t('outbox'), facts.outbox && <Outbox outbox={facts.outbox} />],
          [t('structure'), <RelativeTime key="structure" at={facts.structureAt} />],
          [t('sync'), sync],
          [t('actingUser'), facts.actingUser && <ActingUser key="user" user={facts.actingUser} />],
          [t('permalinks'), facts.permalinks === 'plain' ? t('plain') : facts.permalinks && t('pretty')],
        ]}
      />
      {facts.lastError && (
        <Text size="sm">
          {t('lastError')}
          {': '}
          <span lang="en">{facts.lastError.detail || facts.lastError.code}</span> (
          <RelativeTime at={facts.lastError.at} />)
        </Text>
      )}
    </Stack>
  )
}

/** Why the plugin could not be reached. */
function Silent({ probe }: { probe: DebugStatus['probe'] }): ReactNode {
  const t = useTranslations('connection.plugin')
  const textOf = useProblemText()
  const { title, detail, detailLanguage, fix } = textOf({ code: probe.code, detail: probe.detail, fix: probe.fix })
  return (
    <Stack gap={4}>
      <Text fw={550}>{t('silent')}</Text>
      <Text size="sm" {...(detail && { lang: detailLanguage })}>
        {detail ?? title}
      </Text>
      {fix && <Text size="sm">{fix}</Text>}
    </Stack>
  )
}

/** What the plugin reports: versions, clock, cron, outbox. */
export function PluginPanel({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('connection.plugin')
  const { data, error, isPending, isFetching, refetch } = useDebugStatus(integration.id, true)
  const facts = data ? readPluginFacts(data.probe.plugin) : null
  return (
    <Panel
      heading={t('heading')}
      text={isFetching ? t('asking') : t('text')}
      actions={
        <Button
          variant="default"
          disabled={isFetching}
          onClick={() => void refetch()}
          leftSection={<IconRefresh size={16} aria-hidden />}
        >
          {t('refresh')}
        </Button>
      }
    >
      {isPending && <Skeleton height={184} />}
      {error && <ErrorState error={error} />}
      {data && facts && <ReportedFacts facts={facts} skewS={data.probe.clock_skew_s} />}
      {data && !facts && <Silent probe={data.probe} />}
    </Panel>
  )
}
