import { useTranslations } from 'use-intl'

const KINDS = ['created', 'updated', 'deleted', 'failed', 'conflicts', 'unchanged'] as const

/** Counts in words: "3 created, 1 conflict". Zeros are left out; empty if all are zero. */
export function useCountsText(): (counts: Readonly<Record<string, number>>) => string {
  const t = useTranslations('activity.counts')
  return (counts) => {
    const parts = KINDS.flatMap((kind) => {
      const count = counts[kind] ?? 0
      return count > 0 ? [t(kind, { count })] : []
    })
    return parts.join(', ')
  }
}
