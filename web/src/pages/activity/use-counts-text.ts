import { useTranslations } from 'use-intl'

const KINDS = ['created', 'updated', 'deleted', 'failed', 'conflicts', 'unchanged'] as const

/** What came of a run or an event, in words: "3 created, 1 conflict". What is zero isn't named; empty where all is. */
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
