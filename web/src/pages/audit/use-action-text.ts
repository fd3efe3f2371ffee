import { useMessages, useTranslations } from 'use-intl'
import type { Messages } from '../../i18n/en/index.ts'

type Key = keyof Messages['audit']['action']

const keyOf = (action: string) => action.replace('.', '-')

/** Returns what an action is called; the action itself if this release has no words for it. */
export function useActionText(): (action: string) => string {
  const t = useTranslations('audit.action')
  return (action) => (t.has(keyOf(action) as Key) ? t(keyOf(action) as Key) : action)
}

/** The actions that have words. */
export function useActions(): string[] {
  const messages = useMessages()
  return Object.keys(messages.audit.action).map((key) => key.replace('-', '.'))
}
