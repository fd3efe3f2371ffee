import { Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowsSplit,
  IconBan,
  IconCircleArrowDown,
  IconCircleArrowUp,
  IconCircleCheck,
  IconClock,
  IconRefresh,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ItemState, Run } from '../api/types.ts'

type Tone = 'good' | 'warn' | 'bad' | 'idle' | 'busy'

const ITEM_ICONS: Record<ItemState, [TablerIcon, Tone]> = {
  synced: [IconCircleCheck, 'good'],
  local_ahead: [IconCircleArrowUp, 'busy'],
  external_ahead: [IconCircleArrowDown, 'busy'],
  conflict: [IconArrowsSplit, 'warn'],
  failed: [IconAlertTriangle, 'bad'],
  deleted: [IconTrash, 'idle'],
}

const RUN_ICONS: Record<Run['status'], [TablerIcon, Tone]> = {
  queued: [IconClock, 'idle'],
  running: [IconRefresh, 'busy'],
  succeeded: [IconCircleCheck, 'good'],
  failed: [IconAlertTriangle, 'bad'],
  cancelled: [IconBan, 'idle'],
}

/** Icon and label of a state. The icon's shape differs too, for people who don't see its colour. */
function StateBadge({ icon, word, state }: { icon: [TablerIcon, Tone]; word: string; state: string }): ReactNode {
  const [Icon, tone] = icon
  return (
    <Text component="span" size="sm" style={{ whiteSpace: 'nowrap' }} data-state={state}>
      <Icon
        size={16}
        aria-hidden
        color={`var(--app-${tone})`}
        style={{ verticalAlign: '-3px', marginInlineEnd: 6 }}
        {...(state === 'running' && { className: 'pulse' })}
      />
      {word}
    </Text>
  )
}

export function ItemStateBadge({ state }: { state: ItemState }): ReactNode {
  const t = useTranslations('common.itemState')
  return <StateBadge icon={ITEM_ICONS[state]} word={t(state)} state={state} />
}

/** State of a run; of one that waits, what for. */
export function RunStatusBadge({ run: { status, waiting } }: { run: Pick<Run, 'status' | 'waiting'> }): ReactNode {
  const t = useTranslations('common')
  const word = waiting ? t(`waiting.short.${waiting.for}`) : t(`runStatus.${status}`)
  return <StateBadge icon={RUN_ICONS[status]} word={word} state={waiting ? 'waiting' : status} />
}
