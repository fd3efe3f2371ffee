import { Group, Skeleton, Text, UnstyledButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { MouseEvent, ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ItemSort, ItemSummary } from '../../api/types.ts'
import classes from '../../components/data-list.module.css'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ItemStateBadge } from '../../components/state-badge.tsx'
import { titleText } from '../../components/title-text.ts'
import { useStatusLabel } from './field-label.ts'
import { ItemTitle, ItemTrouble } from './item-cells.tsx'
import own from './lists.module.css'
import type { Selection } from './use-selection.ts'
import { typeLabel, type TypeRows } from './use-type-rows.ts'
import { WordPressLink } from './wordpress-link.tsx'

const COLUMNS = ['title', 'type', 'state', 'status', 'trouble', 'updated', 'wordpress'] as const
type Column = (typeof COLUMNS)[number]
/** What a click on a column's head sorts by: first, and at the second click. */
const SORTS: Partial<Record<Column, readonly [ItemSort, ItemSort]>> = {
  title: ['title', '-title'],
  state: ['state', 'newest'],
  updated: ['-updated', 'updated'],
}
const SKELETON_ROWS = Array.from({ length: 8 }, (_, index) => index)
/** Below this width, rows are cards: on phones. Tablets have the table. */
const PHONE = '(max-width: 40em)'

/** Whether rows are shown as cards. Known at the first paint, so that nothing jumps. */
const useIsPhone = () => useMediaQuery(PHONE, undefined, { getInitialValueInEffect: false })

interface Order {
  sort: ItemSort | undefined
  onSort: (sort: ItemSort) => void
}

function SortHead({ column, sort, onSort }: Order & { column: Column }): ReactNode {
  const t = useTranslations('items.column')
  const sorts = SORTS[column]
  if (!sorts) return t(column)
  const at = sorts.findIndex((one) => one === sort)
  const isDown = sort?.startsWith('-') === true
  const Arrow = isDown ? IconArrowDown : IconArrowUp
  return (
    <UnstyledButton className={own.sort} onClick={() => onSort(at === 0 ? sorts[1] : sorts[0])}>
      {t(column)}
      {at >= 0 && <Arrow size={13} aria-hidden style={{ marginInlineStart: 4, verticalAlign: -2 }} />}
    </UnstyledButton>
  )
}

/** How a column is sorted, as screen readers say it. */
function ariaSort(column: Column, sort: ItemSort | undefined): 'ascending' | 'descending' | undefined {
  if (sort === undefined || !SORTS[column]?.includes(sort) || sort === 'newest') return undefined
  return sort.startsWith('-') ? 'descending' : 'ascending'
}

interface HeadProps {
  order?: Order
  selection?: Selection | null
  shown: number
  /** Whether there is a column of checkboxes while there is no list yet. */
  isSelectable?: boolean
}

function Head({ order, selection, shown, isSelectable = false }: HeadProps): ReactNode {
  const t = useTranslations('items.column')
  const lists = useTranslations('items.list.select')
  const count = selection?.count ?? 0
  return (
    <thead>
      <tr>
        {!selection && isSelectable && (
          <td className={own.check}>
            <Skeleton height={16} width={16} />
          </td>
        )}
        {selection && (
          <th scope="col" className={own.check}>
            <input
              type="checkbox"
              className={own.box}
              aria-label={lists('all')}
              checked={shown > 0 && (selection.isEverything || count >= shown)}
              ref={(box) => {
                if (box) box.indeterminate = count > 0 && count < shown
              }}
              onChange={selection.toggleAll}
            />
          </th>
        )}
        {COLUMNS.map((column) => (
          <th key={column} scope="col" data-column={column} aria-sort={ariaSort(column, order?.sort)}>
            {order ? <SortHead column={column} {...order} /> : t(column)}
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** Placeholder rows, as high as real ones. */
export function ItemListSkeleton({ isSelectable }: { isSelectable: boolean }): ReactNode {
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
    <table className={`${classes.table} ${own.items}`} aria-label={t('loading')} aria-busy>
      <Head shown={0} isSelectable={isSelectable} />
      <tbody>
        {SKELETON_ROWS.map((row) => (
          <tr key={row}>
            {isSelectable && (
              <td className={own.check}>
                <Skeleton height={16} width={16} />
              </td>
            )}
            {COLUMNS.map((column, index) => (
              <td key={column} data-column={column}>
                <Skeleton height={14} width={index === 0 ? 180 : 70} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function RowCheckbox({ item, selection }: { item: ItemSummary; selection: Selection }): ReactNode {
  const t = useTranslations('items')
  const lists = useTranslations('items.list.select')
  return (
    <input
      type="checkbox"
      className={own.box}
      aria-label={lists('one', { title: titleText(item.title) || t('untitled') })}
      checked={selection.has(item.id)}
      // the click has the shift key, and the change comes of it
      onClick={({ shiftKey }: MouseEvent) => selection.toggle(item.id, shiftKey)}
      onChange={() => undefined}
    />
  )
}

interface ItemListProps {
  items: readonly ItemSummary[]
  rows: TypeRows | null
  order: Order
  /** Null for people who may change nothing. */
  selection: Selection | null
}

function ItemCards({ items, rows, selection }: Omit<ItemListProps, 'order'>): ReactNode {
  const t = useTranslations('items')
  const common = useTranslations('common')
  const statusLabel = useStatusLabel()
  return (
    <ul className={classes.cards} aria-label={t('title')}>
      {items.map((item) => (
        <li key={item.id} data-item={item.id} data-selected={selection?.has(item.id) ?? false} className={own.card}>
          {selection && (
            <div className={own.cardCheck}>
              <RowCheckbox item={item} selection={selection} />
            </div>
          )}
          <div className={own.cardBody}>
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
          </div>
        </li>
      ))}
    </ul>
  )
}

function ItemRow({ item, rows, selection }: { item: ItemSummary } & Omit<ItemListProps, 'items' | 'order'>): ReactNode {
  const common = useTranslations('common')
  const statusLabel = useStatusLabel()
  return (
    <tr data-item={item.id} {...(selection && { 'aria-selected': selection.has(item.id) })}>
      {selection && (
        <td className={own.check}>
          <RowCheckbox item={item} selection={selection} />
        </td>
      )}
      <td data-column="title">
        <ItemTitle item={item} />
      </td>
      <td data-column="type">{typeLabel(rows, item.type)}</td>
      <td data-column="state">
        <ItemStateBadge state={item.state} />
      </td>
      <td data-column="status">
        {statusLabel(item.status)}
        {item.protected && (
          <Text size="xs" c="dimmed">
            {common('protected')}
          </Text>
        )}
      </td>
      <td data-column="trouble">
        <ItemTrouble item={item} />
      </td>
      <td data-column="updated">
        <RelativeTime at={item.updated_at} />
      </td>
      <td data-column="wordpress">
        <WordPressLink item={item} />
      </td>
    </tr>
  )
}

/** Items as a table; as cards on a phone. */
export function ItemList({ items, rows, order, selection }: ItemListProps): ReactNode {
  const t = useTranslations('items')
  const isPhone = useIsPhone()
  if (isPhone) return <ItemCards items={items} rows={rows} selection={selection} />
  return (
    // a scrolling region must be reachable by keyboard
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.scroll} aria-label={t('title')} tabIndex={0}>
      <table className={`${classes.table} ${own.items}`}>
        <Head order={order} selection={selection} shown={items.length} />
        <tbody>
          {items.map((item) => (
            <ItemRow key={item.id} item={item} rows={rows} selection={selection} />
          ))}
        </tbody>
      </table>
    </section>
  )
}
