import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { TypeKind } from '../../queries/content-types.ts'
import type { TypeDriftCheck } from './drift-check-words.tsx'
import classes from './content-types.module.css'
import { ExplainedCount } from './explained-count.tsx'
import { CELL } from './table-roles.ts'

const WHOLE = 100

const known = (how: string, at: string | null, driftCheck?: TypeDriftCheck) => (words: ReactNode) => (
  <ExplainedCount how={how} at={at} driftCheck={driftCheck}>
    {words}
  </ExplainedCount>
)

interface CountsCellProps {
  kind: TypeKind
  total: number
  synced: number
  /** Time of each of the two counts. */
  totalAt: string | null
  syncedAt: string | null
  isEnabled: boolean
  /** Whether the site's owner denies the type. */
  isDenied?: boolean
  /** Only post types have a drift check. */
  driftCheck?: TypeDriftCheck | undefined
  children?: ReactNode
}

/** `123 total · 45 synced`, with a bar; `45 kept` where the site's owner denies the type, so that nobody can compare them. Taxonomies have no failures, so their cell spans that column too. */
export function CountsCell({
  kind,
  total,
  synced,
  totalAt,
  syncedAt,
  isEnabled,
  isDenied = false,
  driftCheck,
  children,
}: CountsCellProps): ReactNode {
  const t = useTranslations('contentTypes')
  const share = total === 0 ? 0 : Math.min(WHOLE, (synced / total) * WHOLE)
  return (
    <td {...CELL} colSpan={kind === 'taxonomies' ? 2 : 1} className={classes.counts}>
      <span data-numeric data-testid="counts">
        {t.rich(isDenied ? 'countsDenied' : 'counts', {
          total,
          synced,
          whole: known(t('known.count'), totalAt),
          part: known(
            t(isEnabled ? (kind === 'taxonomies' ? 'known.syncedTerms' : 'known.synced') : 'known.kept'),
            syncedAt,
            driftCheck,
          ),
        })}
      </span>
      <div className={classes.bar} data-enabled={isEnabled} aria-hidden>
        <div style={{ width: `${share}%` }} />
      </div>
      {children}
    </td>
  )
}
