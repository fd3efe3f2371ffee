import { Group, Skeleton, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ItemSummary } from '../../api/types.ts'
import classes from '../../components/data-list.module.css'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ItemStateBadge } from '../../components/state-badge.tsx'
import { useStatusLabel } from './field-label.ts'
import { ItemTitle, ItemTrouble, WordPressLink } from './item-cells.tsx'
import { typeLabel, type TypeRows } from './use-type-rows.ts'

const COLUMNS = ['title', 'type', 'state', 'status', 'trouble', 'updated', 'wordpress'] as const
const SKELETON_ROWS = Array.from({ length: 8 }, (_, index) => index)
const PHONE = '(max-width: 48em)'

/** Whether rows are shown as cards. Known at the first paint, so that nothing jumps. */
const useIsPhone = () => useMediaQuery(PHONE, undefined, { getInitialValueInEffect: false })

function Head(): ReactNode {
  const t = useTranslations('items.column')
  return (
    <thead>
      <tr>
        {COLUMNS.map((column) => (
          <th key={column} scope="col">
            {t(column)}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** Placeholder rows, as high as real ones. */
export function ItemListSkeleton(): ReactNode {
  const t = useTranslations('common')
  const isPhone = useIsPhone()
  if (isPhone)
    return (
      <ul className={classes.cards} aria-label={t('loading')}>
        {SKELETON_ROWS.map((row) => (
          <li key={row}>
            <Skeleton height={16} width="70%" mb={10} />
            <Skeleton height={14} width="45%" mb={10} />
            <Skeleton height={14} width="55%" />
          </li>
        ))}
      </ul>
    )
  return (
    <table className={classes.table} aria-label={t('loading')} aria-busy>
      <Head />
      <tbody>
        {SKELETON_ROWS.map((row) => (
          <tr key={row}>
            {COLUMNS.map((column, index) => (
              <td key={column}>
                <Skeleton height={14} width={index === 0 ? 180 : 70} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function ItemCards({ items, rows }: ItemListProps): ReactNode {
  const t = useTranslations('items')
  const common = useTranslations('common')
  const statusLabel = useStatusLabel()
  return (
    <ul className={classes.cards} aria-label={t('title')}>
      {items.map((item) => (
        <li key={item.id} data-item={item.id}>
          <ItemTitle item={item} />
          <Group justify="space-between" mt={6} gap={8}>
            <ItemStateBadge state={item.state} />
            <Text size="sm" c="dimmed">
              {typeLabel(rows, item.type)} · {statusLabel(item.status)}
              {item.protected && ` · ${common('protected')}`}
            </Text>
          </Group>
          <ItemTrouble item={item} />
          <Group justify="space-between" mt={4} gap={8}>
            <Text size="sm" c="dimmed">
              <RelativeTime at={item.updated_at} />
            </Text>
            <Text size="sm" component="span">
              <WordPressLink item={item} />
            </Text>
          </Group>
        </li>
      ))}
    </ul>
  )
}

interface ItemListProps {
  items: readonly ItemSummary[]
  rows: TypeRows | null
}

/** Items as a table; as cards on a phone. */
export function ItemList({ items, rows }: ItemListProps): ReactNode {
  const t = useTranslations('items')
  const common = useTranslations('common')
  const statusLabel = useStatusLabel()
  const isPhone = useIsPhone()
  if (isPhone) return <ItemCards items={items} rows={rows} />
  return (
    // a scrolling region must be reachable by keyboard
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.scroll} aria-label={t('title')} tabIndex={0}>
      <table className={classes.table}>
        <Head />
        <tbody>
          {items.map((item) => (
            <tr key={item.id} data-item={item.id}>
              <td style={{ minWidth: 220 }}>
                <ItemTitle item={item} />
              </td>
              <td>{typeLabel(rows, item.type)}</td>
              <td>
                <ItemStateBadge state={item.state} />
              </td>
              <td>
                {statusLabel(item.status)}
                {item.protected && (
                  <Text size="xs" c="dimmed">
                    {common('protected')}
                  </Text>
                )}
              </td>
              <td style={{ minWidth: 140 }}>
                <ItemTrouble item={item} />
              </td>
              <td style={{ whiteSpace: 'nowrap' }}>
                <RelativeTime at={item.updated_at} />
              </td>
              <td style={{ whiteSpace: 'nowrap' }}>
                <WordPressLink item={item} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
