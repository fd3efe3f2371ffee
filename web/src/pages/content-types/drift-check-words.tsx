import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ContentTypes } from '../../api/types.ts'
import { RelativeTime } from '../../components/relative-time.tsx'

export type TypeDriftCheck = ContentTypes['post_types'][string]['drift_check']

const SHOWN_DIGITS = 8

/** Result, time and checksum of the last drift check. */
export function DriftCheckWords({ driftCheck }: { driftCheck: TypeDriftCheck }): ReactNode {
  const t = useTranslations('contentTypes.driftCheck')
  const { state, at, root, differing, repaired } = driftCheck
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
