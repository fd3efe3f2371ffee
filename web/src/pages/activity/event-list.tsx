import { Group, Text, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { SyncEvent } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import classes from '../../components/data-list.module.css'
import { RelativeTime } from '../../components/relative-time.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { Who } from './who.tsx'
import { useActionText } from './use-action-text.ts'
import { useCountsText } from './use-counts-text.ts'

const MOST_ITEM_LINKS = 3

function ItemLinks({ ids }: { ids: readonly string[] }): ReactNode {
  const t = useTranslations('activity.events')
  const { id: siteId } = useThisSite()
  if (ids.length === 0) return null
  const rest = ids.length - MOST_ITEM_LINKS
  return (
    <>
      {ids.slice(0, MOST_ITEM_LINKS).map((id, index) => (
        <Link key={id} href={`/sites/${siteId}/items/${id}`} className={classes.link}>
          {t('item', { count: ids.length, number: index + 1 })}
        </Link>
      ))}
      {rest > 0 && <span>{t('moreItems', { count: rest })}</span>}
    </>
  )
}

/** Details of an event: direction, counts, duration and links. */
function EventDetails({ event, isOfRun }: { event: SyncEvent; isOfRun: boolean }): ReactNode {
  const t = useTranslations('activity.events')
  const direction = useTranslations('common.direction')
  const countsText = useCountsText()
  const amounts = useAmounts()
  const { id: siteId } = useThisSite()
  const counts = countsText(event.counts)
  const ms = Date.parse(event.finished_at) - Date.parse(event.started_at)
  return (
    <Group gap={12} mt={2} fz="sm" c="dimmed">
      <RelativeTime at={event.finished_at} />
      {event.actor && <Who actor={event.actor} />}
      {ms > 0 && <span data-numeric>{amounts.duration(ms)}</span>}
      {event.direction && <span>{direction(event.direction)}</span>}
      {counts && <span>{counts}</span>}
      {event.run_id !== null && !isOfRun && (
        <Link href={`/sites/${siteId}/activity/runs/${event.run_id}`} className={classes.link}>
          {t('toRun')}
        </Link>
      )}
      <ItemLinks ids={event.item_ids} />
    </Group>
  )
}

function Event({ event, isOfRun }: { event: SyncEvent; isOfRun: boolean }): ReactNode {
  const t = useTranslations('activity.events')
  const actionText = useActionText()
  const codeTitle = useCodeTitle()
  const Icon = event.success ? IconCircleCheck : IconAlertTriangle
  return (
    <li data-event={event.id} data-success={event.success}>
      <Group gap="sm" align="flex-start" wrap="nowrap">
        <Icon
          size={18}
          aria-hidden
          color={event.success ? 'var(--app-good)' : 'var(--app-bad)'}
          style={{ flexShrink: 0, marginTop: 3 }}
        />
        <div style={{ minWidth: 0 }}>
          <VisuallyHidden>{event.success ? t('succeeded') : t('failed')}: </VisuallyHidden>
          <Text component="span" fw={600} size="sm">
            {actionText(event.action, event.success)}
          </Text>
          {event.code !== null && (
            <Text component="span" size="sm">
              {': '}
              {codeTitle(event.code)}
            </Text>
          )}
          {event.detail !== null && (
            <Text size="sm" lang="en" className={classes.clip} title={event.detail}>
              {event.detail}
            </Text>
          )}
          <EventDetails event={event} isOfRun={isOfRun} />
        </div>
      </Group>
    </li>
  )
}

/** A list of events. `isOfRun`: the list is on the page of their run. */
export function EventList({ events, isOfRun = false }: { events: readonly SyncEvent[]; isOfRun?: boolean }): ReactNode {
  const t = useTranslations('activity.events')
  return (
    <ul className={classes.cards} aria-label={t('title')}>
      {events.map((event) => (
        <Event key={event.id} event={event} isOfRun={isOfRun} />
      ))}
    </ul>
  )
}
