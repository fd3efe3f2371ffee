import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ContentTypes } from '../../api/types.ts'
import { RelativeTime } from '../../components/relative-time.tsx'

export type TypeAudit = ContentTypes['post_types'][string]['audit']

const SHOWN_DIGITS = 8

/** What the last comparison of everything with the site found, when, and the digest that both sides have since. */
export function AuditWords({ audit }: { audit: TypeAudit }): ReactNode {
  const t = useTranslations('contentTypes.audit')
  const { state, at, root, differing, repaired } = audit
  return (
    <>
      {t(state, { differing, repaired })}
      {at !== null && (
        <>
          , <RelativeTime at={at} />
        </>
      )}
      {root !== null && (
        <>
          ,{' '}
          <span title={root} style={{ whiteSpace: 'nowrap' }}>
            {t('root', { digits: root.slice(0, SHOWN_DIGITS) })}
          </span>
        </>
      )}
    </>
  )
}
