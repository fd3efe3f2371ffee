import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { SyncEvent } from '../../api/types.ts'

/** Who caused an event or a run. Live messages have ids without names; those show none. */
export function Who({ actor }: { actor: NonNullable<SyncEvent['actor']> }): ReactNode {
  const t = useTranslations('activity.who')
  if (actor.kind === 'user') return <span>{actor.name ?? t('person')}</span>
  if (actor.kind === 'api_key') return <span>{t('key', { name: actor.name ?? '' })}</span>
  return <span>{t(actor.kind === 'operator' ? 'operator' : 'system')}</span>
}
