import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ContentTypes } from '../../api/types.ts'
import { RelativeTime } from '../../components/relative-time.tsx'

export type TypeAudit = ContentTypes['post_types'][string]['audit']

/** What the last comparison of everything with the site found, and when. */
export function AuditWords({ audit }: { audit: TypeAudit }): ReactNode {
  const t = useTranslations('contentTypes.audit')
  const { state, at, differing, repaired } = audit
  return (
    <>
      {t(state, { differing, repaired })}
      {at !== null && (
        <>
          , <RelativeTime at={at} />
        </>
      )}
    </>
  )
}
