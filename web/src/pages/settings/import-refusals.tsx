import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { SiteImport } from '../../api/types.ts'
import { ListTable } from '../../components/list-table.tsx'
import { LoadMore } from '../../components/load-more.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useRefusals } from '../../queries/imports.ts'
import { entriesOf } from '../../queries/paging.ts'

/** What an import left out, line by line. */
export default function ImportRefusals({ found }: { found: SiteImport }): ReactNode {
  const t = useTranslations('settings.import')
  const reason = useTranslations('settings.import.reason')
  const format = useFormatter()
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useRefusals(found)
  const refusals = entriesOf(data)
  if (isPending) return <Skeleton height={120} />
  if (!data) return <ErrorState error={error} onRetry={() => void refetch()} />
  return (
    <>
      <ListTable caption={t('refused')} columns={[t('line'), t('what'), t('why')]} actions={null}>
        {refusals.map(({ line, kind, title, item_id: id, code }) => (
          <tr key={`${line} ${code}`}>
            <td data-label={t('line')} data-numeric>
              {format.number(line)}
            </td>
            <td data-label={t('what')}>{title || id || kind}</td>
            <td data-label={t('why')}>{reason(code)}</td>
          </tr>
        ))}
      </ListTable>
      <LoadMore
        shown={t('shown', { count: refusals.length, more: String(hasNextPage) })}
        hasNextPage={hasNextPage}
        isFetchingNextPage={isFetchingNextPage}
        error={error}
        onMore={() => void fetchNextPage()}
      />
    </>
  )
}
