import { useTranslations } from 'use-intl'
import type { AuditRecord } from '../../api/types.ts'

/** Returns who acted, in words. */
export function useActorText(): (actor: AuditRecord['actor']) => string {
  const t = useTranslations('audit')
  return ({ kind, name }) => {
    if (kind === 'user') return name ?? t('deletedPerson')
    if (kind === 'api_key') return name === null ? t('unknownKey') : t('key', { name })
    return t(kind === 'operator' ? 'operator' : 'system')
  }
}
