import { useTranslations } from 'use-intl'
import type { BulkAction, BulkJob } from '../../api/types.ts'
import { useStatusLabel } from './field-label.ts'

/** What a bulk action does, in words. */
export function useActionWords(): (action: BulkAction) => string {
  const t = useTranslations('lists.what')
  const side = useTranslations('items.side')
  const statusLabel = useStatusLabel()
  return (action) => {
    switch (action.kind) {
      case 'status':
        return t('status', { status: statusLabel(action.status) })
      case 'terms':
        return t('terms', { taxonomy: action.taxonomy })
      case 'resolve':
        return t('resolve', { side: side(action.choice) })
      case 'sync':
      case 'retry':
      case 'trash':
      case 'restore':
      case 'delete':
        break
    }
    return t(action.kind)
  }
}

/** What a job does, in words. */
export function useJobWords(): (job: Pick<BulkJob, 'kind' | 'action'>) => string {
  const t = useTranslations('lists.job')
  const words = useActionWords()
  return ({ kind, action }) => {
    const what = words(action)
    if (kind === 'undo') return t('isUndo', { what })
    return kind === 'retry' ? t('isRetry', { what }) : what
  }
}
