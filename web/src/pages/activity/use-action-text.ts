import { useTranslations } from 'use-intl'
import { wordsOfCode } from '../../components/code-title.ts'
import type { Messages } from '../../i18n/en/index.ts'

type Action = keyof Messages['activity']['action']

/** Recorded actions, in the order of the filter. */
export const ACTIONS = [
  'sync',
  'sync_item',
  'webhook',
  'update_structure',
  'update_content_types',
  'test_connection',
  'doctor',
  'cancel_run',
  'connect',
  'move',
  'create',
  'update',
  'delete',
  'restore',
  'import',
  'bulk',
  'bulk_undo',
] as const satisfies readonly Action[]
const isAction = (action: string): action is Action => ACTIONS.some((known) => known === action)

/** Returns a sentence for an action that succeeded or failed. */
export function useActionText(): (action: string, success: boolean) => string {
  const done = useTranslations('activity.action')
  const failed = useTranslations('activity.failedAction')
  return (action, success) => {
    if (!isAction(action)) return wordsOfCode(action)
    return success ? done(action) : failed(action)
  }
}
