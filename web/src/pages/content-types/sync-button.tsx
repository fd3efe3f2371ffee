import { Button } from '@mantine/core'
import { IconChevronDown, IconRefresh } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Connection, Direction, Integration } from '../../api/types.ts'
import { notifyFailure } from '../../components/notify.ts'
import { useStartSync, useSyncStatus } from '../../queries/sync.ts'

const loadMenu = () => import('./direction-menu.tsx')
const DirectionMenu = lazy(loadMenu)

/** States in which a sync is not possible. */
const NOT_YET = new Set<Connection>(['not_connected', 'authenticating', 'key_revoked'])

/**
 * Starts a sync: from WordPress, and to it as well if two-way sync is on. The menu has each direction on its own. “Sync
 * now” in wp-admin starts the same run.
 */
export function SyncButton({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('contentTypes.sync')
  const { data } = useSyncStatus(integration.id)
  const start = useStartSync(integration.id)
  const current = data?.current_run ?? null
  const why = reasonAgainst(integration)
  const isDisabled = current !== null || why !== null
  const begin = (direction: Direction) =>
    start.mutate(direction, { onError: (error) => void notifyFailure(t('refused'), error) })
  return (
    <Button.Group>
      <Button
        leftSection={<IconRefresh size={18} aria-hidden />}
        loading={start.isPending}
        disabled={isDisabled}
        title={why === null ? undefined : t(why)}
        onClick={() => begin(integration.config_json['two_way_sync_enabled'] === false ? 'from_external' : 'both')}
        miw={148}
      >
        {current === null ? t('now') : t(current.waiting ? 'waiting' : 'running')}
      </Button>
      <Directions isDisabled={isDisabled || start.isPending} onChoose={begin} />
    </Button.Group>
  )
}

function reasonAgainst({ connection, is_active, sync_enabled }: Integration): 'off' | 'notReady' | null {
  if (!is_active || !sync_enabled || connection === 'disabled') return 'off'
  return NOT_YET.has(connection) ? 'notReady' : null
}

interface DirectionsProps {
  isDisabled: boolean
  onChoose: (direction: Direction) => void
}

/** Menu of directions, loaded when its button gets hover or focus. */
function Directions({ isDisabled, onChoose }: DirectionsProps): ReactNode {
  const t = useTranslations('contentTypes.sync')
  const [isWanted, setWanted] = useState(false)
  const button = (
    <Button
      px={10}
      disabled={isDisabled}
      aria-label={t('choose')}
      aria-haspopup="menu"
      onPointerEnter={() => void loadMenu()}
      onFocus={() => void loadMenu()}
      onClick={() => setWanted(true)}
      style={{ borderInlineStart: '1px solid rgb(255 255 255 / 35%)' }}
    >
      <IconChevronDown size={18} aria-hidden />
    </Button>
  )
  if (!isWanted) return button
  return (
    <Suspense fallback={button}>
      <DirectionMenu label={t('choose')} isDisabled={isDisabled} onChoose={onChoose} />
    </Suspense>
  )
}
