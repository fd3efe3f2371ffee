import { useTranslations } from 'use-intl'
import type { VersionEntry } from '../../../api/types.ts'
import { useFieldLabel } from '../field-label.ts'

/** Fields that a row names; of more it says how many. */
const MOST_NAMED = 4

/** Who made a version, in words; null for the site, or if it is not known. */
function useWho(): (entry: VersionEntry) => string | null {
  const t = useTranslations('history')
  return ({ actor, wordpress_user: user }) => {
    if (!actor) return user
    if (actor.kind === 'user') return actor.name ?? t('person')
    if (actor.kind === 'api_key') return t('key', { name: actor.name ?? '' })
    return t(actor.kind === 'operator' ? 'operator' : 'system')
  }
}

/** How a version came to be, as a sentence. */
export function useHowMade(): (entry: VersionEntry) => string {
  const t = useTranslations('history')
  const whoOf = useWho()
  return (entry) => {
    const { action, fields } = entry
    const who = whoOf(entry)
    if (action === null) return t('action.unknown')
    if (action === 'send') return t('action.send')
    if (action === 'read' && who !== null) return t('action.readBy', { who })
    if (action === 'read') return t(fields.length === 0 ? 'action.first' : 'action.read')
    return who === null ? t('action.unknown') : t(`action.${action}`, { who })
  }
}

/** The fields that a version changed, in words; null if there are none to name. */
export function useChangedFields(): (entry: VersionEntry) => string | null {
  const t = useTranslations('history')
  const fieldLabel = useFieldLabel()
  return ({ fields }) => {
    if (fields.length === 0) return null
    const named = fields.slice(0, MOST_NAMED).map(fieldLabel).join(', ')
    const count = fields.length - MOST_NAMED
    return t('fields', { fields: count > 0 ? t('more', { fields: named, count }) : named })
  }
}
