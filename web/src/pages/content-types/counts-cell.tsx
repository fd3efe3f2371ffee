import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { TypeKind } from '../../queries/content-types.ts'
import type { TypeDriftCheck } from './drift-check-words.tsx'
import classes from './content-types.module.css'
import { KnownNumber } from './known-number.tsx'
import { CELL } from './table-roles.ts'

const WHOLE = 100

const known = (how: string, at: string | null, driftCheck?: TypeDriftCheck) => (words: ReactNode) => (
  <KnownNumber how={how} at={at} driftCheck={driftCheck}>
    {words}
  </KnownNumber>
)

interface CountsCellProps {
  kind: TypeKind
  total: number
  synced: number
  /** As of when each of the two holds. */
  totalAt: string | null
  syncedAt: string | null
  isEnabled: boolean
  /** Only post types are compared. */
  driftCheck?: TypeDriftCheck | undefined
  children?: ReactNode
}

/** `123 total · 45 synced`, with a bar. Taxonomies have no column of failures: theirs is this one's. */
export function CountsCell({
  kind,
  total,
  synced,
  totalAt,
  syncedAt,
  isEnabled,
  driftCheck,
  children,
}: CountsCellProps): ReactNode {
  const t = useTranslations('contentTypes')
  const share = total === 0 ? 0 : Math.min(WHOLE, (synced / total) * WHOLE)
  return (
    <td {...CELL} colSpan={kind === 'taxonomies' ? 2 : 1} className={classes.counts}>
      <span data-numeric data-testid="counts">
        {t.rich('counts', {
          total,
          synced,
          whole: known(t('known.count'), totalAt),
          part: known(t(kind === 'taxonomies' ? 'known.syncedTerms' : 'known.synced'), syncedAt, driftCheck),
        })}
      </span>
      <div className={classes.bar} data-enabled={isEnabled} aria-hidden>
        <div style={{ width: `${share}%` }} />
      </div>
      {children}
    </td>
  )
}
