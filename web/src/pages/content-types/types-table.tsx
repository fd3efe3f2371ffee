import { Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useTranslations } from 'use-intl'
import type { ContentTypes } from '../../api/types.ts'
import type { ShownContentTypes, TypeChange, TypeKind } from '../../queries/content-types.ts'
import classes from './content-types.module.css'
import { TotalsRow } from './totals-row.tsx'
import { TypeRow } from './type-row.tsx'
import { COLUMN_HEADER, GROUP, ROW, TABLE } from './table-roles.ts'

interface TypesTableProps {
  siteId: string
  kind: TypeKind
  shown: ShownContentTypes
  /** Time of IGNY8's counts. */
  at: string | null
  onChange: (change: TypeChange) => void
}

const SETTINGS = ['enabled', 'fetch_limit']
const TITLES = { post_types: 'postTypes', taxonomies: 'taxonomies' } as const
const NONE = { post_types: 'noPostTypes', taxonomies: 'noTaxonomies' } as const

/** Post types or taxonomies, one row each, with a sum. On a phone each row is a card. */
export function TypesTable({ siteId, kind, shown, at, onChange }: TypesTableProps): ReactNode {
  const t = useTranslations('contentTypes')
  const titleId = useId()
  const rows = Object.entries<ContentTypes['post_types'][string] | ContentTypes['taxonomies'][string]>(
    shown.types[kind],
  )
  const refusalOf = (slug: string) =>
    SETTINGS.map((setting) => shown.refused.get(`${kind}/${slug}/${setting}`)).find(Boolean)
  return (
    <section className={`panel ${classes.section}`} aria-labelledby={titleId} data-kind={kind}>
      <Title order={2} size="h4" id={titleId} className={classes.sectionTitle}>
        {t(TITLES[kind])}
      </Title>
      {rows.length === 0 ? (
        <Text c="dimmed" p="lg">
          {t(NONE[kind])}
        </Text>
      ) : (
        <table {...TABLE} aria-labelledby={titleId} className={classes.table}>
          <Head kind={kind} />
          <tbody {...GROUP}>
            {rows.map(([slug, row]) => (
              <TypeRow
                key={slug}
                siteId={siteId}
                kind={kind}
                slug={slug}
                row={row}
                at={at}
                isSaving={SETTINGS.some((setting) => shown.saving.has(`${kind}/${slug}/${setting}`))}
                refusal={refusalOf(slug)}
                onChange={onChange}
              />
            ))}
          </tbody>
          {rows.length > 1 && <TotalsRow siteId={siteId} kind={kind} rows={rows.map(([, row]) => row)} at={at} />}
        </table>
      )}
    </section>
  )
}

function Head({ kind }: { kind: TypeKind }): ReactNode {
  const t = useTranslations('contentTypes.columns')
  const isPlain = kind === 'taxonomies'
  return (
    <thead {...GROUP}>
      <tr {...ROW}>
        <th {...COLUMN_HEADER} scope="col" className={classes.type}>
          {t('type')}
        </th>
        <th {...COLUMN_HEADER} scope="col" colSpan={isPlain ? 2 : 1} className={classes.counts}>
          {t('content')}
        </th>
        {!isPlain && (
          <th {...COLUMN_HEADER} scope="col" className={classes.attention}>
            {t('attention')}
          </th>
        )}
        <th {...COLUMN_HEADER} scope="col" className={classes.enabled}>
          {t('enabled')}
        </th>
        <th {...COLUMN_HEADER} scope="col" className={classes.limit}>
          {t('limit')}
        </th>
      </tr>
    </thead>
  )
}
