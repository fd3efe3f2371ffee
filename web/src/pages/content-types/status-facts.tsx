import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useFormatter, useTranslations } from 'use-intl'
import type { ContentTypes, Integration } from '../../api/types.ts'
import { Details } from '../../components/details.tsx'
import { EXACT_MOMENT, RelativeTime, useNow } from '../../components/relative-time.tsx'
import { useSyncStatus } from '../../queries/sync.ts'
import { DriftCheckWords } from './drift-check-words.tsx'
import classes from './content-types.module.css'

interface StatusFactsProps {
  integration: Integration
  health: Integration['health']
  types: ContentTypes | null
}

/** Times of the last contacts with the site, and its settings. */
export function StatusFacts({ integration, health, types }: StatusFactsProps): ReactNode {
  const t = useTranslations('contentTypes.status')
  const onOff = (isOn: boolean | undefined) => (isOn === undefined ? '–' : t(isOn ? 'on' : 'off'))
  return (
    <>
      <dl className={classes.facts} aria-label={t('facts')}>
        <Fact name={t('structureFetch')} id="structure-fetch">
          <RelativeTime at={types?.last_structure_fetch ?? null} />
        </Fact>
        <Fact name={t('lastSync')} id="last-sync">
          <LastSync integration={integration} />
        </Fact>
        <Fact name={t('driftCheck')} hint={t('driftCheckHint')} id="drift-check">
          {types ? <DriftCheckWords driftCheck={types.drift_check} /> : '–'}
        </Fact>
        <Fact name={t('twoWay')} id="two-way">
          {onOff(types?.two_way_sync_enabled)}
        </Fact>
      </dl>
      <Details>
        <dl className={classes.details}>
          <Fact name={t('lastVerified')} hint={t('lastVerifiedHint')} id="last-verified">
            <RelativeTime at={health.last_verified_at} />
          </Fact>
          <Fact name={t('nextCheck')} id="next-check">
            <NextCheck at={health.next_check_at} />
          </Fact>
          <Fact name={t('transport')} id="transport">
            <TransportWords integration={integration} />
          </Fact>
          <Fact name={t('pluginSync')} id="plugin-sync">
            {onOff(types?.plugin_connection_enabled)}
          </Fact>
        </dl>
      </Details>
    </>
  )
}

interface FactProps {
  name: string
  hint?: string
  /** Language-independent id for tests. */
  id: string
  children: ReactNode
}

const Fact = ({ name, hint, id, children }: FactProps): ReactNode => (
  <div data-fact={id}>
    <Text component="dt" size="xs" c="dimmed" title={hint}>
      {name}
    </Text>
    <Text component="dd" size="sm" fw={550} m={0} data-numeric>
      {children}
    </Text>
  </div>
)

function LastSync({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('common.runStatus')
  const { data } = useSyncStatus(integration.id)
  const last = data?.last_run
  const at = last?.finished_at ?? data?.last_sync_at ?? integration.last_sync_at
  if (!last) return <RelativeTime at={at} />
  const to = `/sites/${integration.site_id}/activity/runs/${last.id}`
  return (
    <Link href={to}>
      {last.status !== 'succeeded' && `${t(last.status)}, `}
      <RelativeTime at={at} />
    </Link>
  )
}

function TransportWords({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('contentTypes.status')
  const { transport, expected_latency_s: seconds } = integration
  if (transport === 'direct' || seconds === null) return t(transport)
  return `${t(transport)}, ${t('pollEvery', { seconds: Math.round(seconds) })}`
}

/** A future time; "now" once it has passed. */
function NextCheck({ at }: { at: string | null }): ReactNode {
  const t = useTranslations('contentTypes.status')
  const now = useNow()
  if (at === null) return '–'
  return Date.parse(at) <= now ? t('due') : <Ahead at={at} now={now} />
}

function Ahead({ at, now }: { at: string; now: number }): ReactNode {
  const format = useFormatter()
  const moment = new Date(at)
  return (
    <time dateTime={at} title={format.dateTime(moment, EXACT_MOMENT)}>
      {format.relativeTime(moment, now)}
    </time>
  )
}
