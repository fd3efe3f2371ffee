import { useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import type { Item, ItemSummary, Resolution } from '../../api/types.ts'
import { notifyDone } from '../../components/notify.ts'
import { useRestoreItem, useRetryItem, useResolveItem, useSyncItem, useUndoResolution } from '../../queries/items.ts'

/** Actions on an item, and the result of the last one. */
export interface ItemWork {
  resolve: (resolution: Resolution) => void
  undo: () => void
  retry: () => void
  restore: () => void
  sync: (integrationId: string) => void
  /** The running action. */
  pending: 'resolve' | 'undo' | 'retry' | 'restore' | 'sync' | null
  /** Error of the last action; null if it succeeded. */
  error: unknown
}

const MOVED_ON = [
  'conflict',
  'no_conflict',
  'resolution_incomplete',
  'nothing_to_undo',
  'nothing_to_restore',
  'not_failed',
]

/** Whether an action was refused because the item has changed. */
export const isMovedOn = (error: unknown): boolean => MOVED_ON.some((code) => isCode(error, code))

export function useItemWork({ site_id: siteId, id, revision }: ItemSummary): ItemWork {
  const t = useTranslations('items.done')
  const resolving = useResolveItem(siteId, id)
  const undoing = useUndoResolution(siteId, id)
  const retrying = useRetryItem(siteId, id)
  const restoring = useRestoreItem(siteId, id)
  const syncing = useSyncItem(siteId, id)
  const all = { resolve: resolving, undo: undoing, retry: retrying, restore: restoring, sync: syncing }
  // clears the result of the previous action
  const begin = () => Object.values(all).forEach((mutation) => mutation.reset())
  const pending = (Object.keys(all) as (keyof typeof all)[]).find((name) => all[name].isPending) ?? null
  return {
    resolve: (resolution) => {
      begin()
      resolving.mutate({ ...resolution, if_revision: revision }, { onSuccess: () => void notifyDone(t('resolved')) })
    },
    undo: () => {
      begin()
      undoing.mutate(undefined, { onSuccess: () => void notifyDone(t('undone')) })
    },
    retry: () => {
      begin()
      retrying.mutate(undefined, { onSuccess: () => void notifyDone(t('retried')) })
    },
    restore: () => {
      begin()
      restoring.mutate(undefined, { onSuccess: () => void notifyDone(t('restored')) })
    },
    sync: (integrationId) => {
      begin()
      const tell = ({ error, state }: Item) => {
        // the page then shows why it failed
        if (!error) void notifyDone(t(state === 'conflict' ? 'syncedConflict' : 'synced'))
      }
      syncing.mutate(integrationId, { onSuccess: tell })
    },
    pending,
    error: Object.values(all).find(({ error }) => error)?.error ?? null,
  }
}
