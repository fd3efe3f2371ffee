import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconClock,
  IconHourglass,
  IconInfoCircle,
  IconLock,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Item } from '../../api/types.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import classes from '../../components/data-list.module.css'
import { RelativeTime } from '../../components/relative-time.tsx'
import { useMay } from '../../queries/session.ts'
import { isOnItsWay } from './delete-item-button.tsx'
import { useFieldLabel } from './field-label.ts'
import { useItemDate } from './use-item-date.ts'
import type { ItemWork } from './use-item-work.ts'

function RetryButton({ work, label }: { work: ItemWork; label: string }): ReactNode {
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconRefresh size={14} aria-hidden />}
      loading={work.pending === 'retry'}
      onClick={work.retry}
    >
      {label}
    </Button>
  )
}

/** What the site alters and who does it, or what the acting user may not do. */
function FailureFacts({ error }: { error: NonNullable<Item['error']> }): ReactNode {
  const t = useTranslations('items.failure')
  const fieldLabel = useFieldLabel()
  const { alteration, permission } = error
  const facts: [string, string | null][] = [
    ...(alteration
      ? ([
          [t('field'), fieldLabel(alteration.field)],
          [t('sent'), alteration.before],
          [t('stored'), alteration.after],
          [t('by'), alteration.by],
          [t('filter'), alteration.filter],
        ] satisfies [string, string | null][])
      : []),
    ...(permission
      ? ([
          [t('user'), permission.user],
          [t('capability'), permission.capability],
        ] satisfies [string, string | null][])
      : []),
  ]
  const known = facts.filter(([, value]) => value !== null)
  if (known.length === 0) return null
  return (
    <Text component="dl" size="sm" m={0} className={classes.facts}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </Text>
  )
}

/** Why an item failed, what to do, and a retry button. */
export function FailurePanel({ item, work }: { item: Item; work: ItemWork }): ReactNode {
  const t = useTranslations('items.failure')
  const mayEdit = useMay('editor')
  const codeTitle = useCodeTitle()
  if (!item.error) return null
  const { code, detail, fix, since } = item.error
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={codeTitle(code)} data-testid="item-failure">
      <Stack gap="xs" align="flex-start">
        <Text size="sm" lang="en">
          {detail}
        </Text>
        {fix && (
          <Text size="sm" lang="en">
            {fix}
          </Text>
        )}
        <FailureFacts error={item.error} />
        <Text size="sm" c="dimmed">
          {t('since')} <RelativeTime at={since} />
        </Text>
        {mayEdit && <RetryButton work={work} label={t('retry')} />}
      </Stack>
    </Alert>
  )
}

/** Whether an item waits until its post is closed in WordPress: nothing is wrong then. */
export const isOpenInWordPress = ({ error }: Item): boolean => error?.code === 'post_locked'

/** Who has the post open, and since when. The change goes out by itself. */
export function OpenPanel({ item, work }: { item: Item; work: ItemWork }): ReactNode {
  const t = useTranslations('items.opened')
  const mayEdit = useMay('editor')
  const codeTitle = useCodeTitle()
  if (!item.error) return null
  const { code, detail, since } = item.error
  return (
    <Alert color="blue" icon={<IconHourglass aria-hidden />} title={codeTitle(code)} data-testid="item-open">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          <span lang="en">{detail}</span> {t('since')} <RelativeTime at={since} />
        </Text>
        <Text size="sm">{t('text')}</Text>
        {mayEdit && <RetryButton work={work} label={t('retry')} />}
      </Stack>
    </Alert>
  )
}

/** Somebody in WordPress has IGNY8 leave the post alone. Nothing is wrong, and nothing can be done here. */
export function LeftAlonePanel({ item }: { item: Item }): ReactNode {
  const t = useTranslations('items.leftAlone')
  const codeTitle = useCodeTitle()
  if (!item.error) return null
  return (
    <Alert
      color="blue"
      icon={<IconLock aria-hidden />}
      title={codeTitle(item.error.code)}
      data-testid="item-left-alone"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t('text')}</Text>
        <Text size="sm" c="dimmed">
          {t('since')} <RelativeTime at={item.error.since} />
        </Text>
      </Stack>
    </Alert>
  )
}

/** A request was refused because the item had changed. The page shows the latest version. */
export function MovedOnNotice(): ReactNode {
  const t = useTranslations('items.movedOn')
  return (
    <Alert
      color="yellow"
      role="alert"
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      icon={<IconInfoCircle aria-hidden />}
      title={t('title')}
    >
      <Text size="sm">{t('text')}</Text>
    </Alert>
  )
}

/** An item in the trash: what can be done with it. */
export function TrashNotice({ item }: { item: Item }): ReactNode {
  const t = useTranslations('items.trash')
  const mayDelete = useMay('admin')
  return (
    <Alert color="gray" icon={<IconTrash aria-hidden />} title={t('noticeTitle')} data-testid="trash-notice">
      <Text size="sm">{t(isOnItsWay(item) ? 'noticeOnItsWay' : 'notice')}</Text>
      {!mayDelete && (
        <Text size="sm" mt={4}>
          {t('adminsOnly')}
        </Text>
      )}
    </Alert>
  )
}

export function DeletedNotice({ isGone }: { isGone: boolean }): ReactNode {
  const t = useTranslations('items.deleted')
  return (
    <Alert color="gray" icon={<IconTrash aria-hidden />} title={isGone ? t('goneTitle') : t('title')}>
      <Text size="sm">{isGone ? t('goneText') : t('text')}</Text>
    </Alert>
  )
}

/** A scheduled item whose time has passed: it is not live yet, or went live late. */
export function ScheduleNotice({ item }: { item: Item }): ReactNode {
  const t = useTranslations('items.schedule')
  const dateText = useItemDate()
  const isOverdue = item.overdue_since !== null
  if ((!isOverdue && item.published_late_at === null) || item.date === null) return null
  const date = dateText(item.date)
  return (
    <Alert
      color={isOverdue ? 'yellow' : 'gray'}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      icon={<IconClock aria-hidden />}
      title={t(isOverdue ? 'overdueTitle' : 'lateTitle')}
    >
      <Text size="sm">{t(isOverdue ? 'overdueText' : 'lateText', { date })}</Text>
    </Alert>
  )
}

/** Offers to undo the last resolution. */
export function UndoNotice({ work }: { work: ItemWork }): ReactNode {
  const t = useTranslations('items.undo')
  if (!useMay('editor')) return null
  return (
    <Group className="panel" p="md" justify="space-between" gap="sm">
      <Text size="sm">{t('text')}</Text>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconArrowBackUp size={14} aria-hidden />}
        loading={work.pending === 'undo'}
        onClick={work.undo}
      >
        {t('button')}
      </Button>
    </Group>
  )
}
