import { Button, CloseButton, Menu, Text } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { BulkAction } from '../../api/types.ts'
import { useMay } from '../../queries/session.ts'
import { useStatusLabel } from './field-label.ts'
import own from './lists.module.css'
import { MOST_IDS, type Selection } from './use-selection.ts'

const STATUSES = ['draft', 'pending', 'private', 'publish'] as const

interface BulkBarProps {
  selection: Selection
  /** How many items are shown, and whether there are more. */
  shown: number
  hasMore: boolean
  onAction: (action: BulkAction) => void
  onTerms: () => void
}

function SelectedWords({
  selection,
  shown,
  hasMore,
}: Pick<BulkBarProps, 'selection' | 'shown' | 'hasMore'>): ReactNode {
  const t = useTranslations('lists.select')
  const list = useTranslations('items.list.select')
  const isAll = selection.count !== null && selection.count >= shown && shown > 0
  return (
    <>
      <Text size="sm" fw={600} data-numeric>
        {selection.isEverything ? list('everything') : list('count', { count: selection.count ?? 0 })}
      </Text>
      {isAll && hasMore && (
        <Button variant="subtle" size="compact-sm" onClick={selection.takeEverything}>
          {t('takeAll')}
        </Button>
      )}
      {selection.count === MOST_IDS && hasMore && (
        <Text size="xs" c="dimmed">
          {t('tooMany', { count: MOST_IDS })}
        </Text>
      )}
    </>
  )
}

/** What can be done with the selected items. It stays in sight while the list scrolls. */
export default function BulkBar({ selection, shown, hasMore, onAction, onTerms }: BulkBarProps): ReactNode {
  const t = useTranslations('lists.action')
  const select = useTranslations('lists.select')
  const statusLabel = useStatusLabel()
  const mayDelete = useMay('admin')
  return (
    <section className={own.bar} aria-label={select('region')}>
      <SelectedWords selection={selection} shown={shown} hasMore={hasMore} />
      <Menu position="top-end" withinPortal>
        <Menu.Target>
          <Button
            size="xs"
            rightSection={<IconChevronDown size={14} aria-hidden />}
            style={{ marginInlineStart: 'auto' }}
          >
            {t('menu')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('status')}</Menu.Label>
          {STATUSES.map((status) => (
            <Menu.Item key={status} onClick={() => onAction({ kind: 'status', status })}>
              {statusLabel(status)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={onTerms}>{t('terms')}</Menu.Item>
          <Menu.Item onClick={() => onAction({ kind: 'sync' })}>{t('sync')}</Menu.Item>
          <Menu.Item onClick={() => onAction({ kind: 'retry' })}>{t('retry')}</Menu.Item>
          <Menu.Item onClick={() => onAction({ kind: 'resolve', choice: 'wordpress' })}>{t('wordpress')}</Menu.Item>
          <Menu.Item onClick={() => onAction({ kind: 'resolve', choice: 'igny8' })}>{t('igny8')}</Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => onAction({ kind: 'restore' })}>{t('restore')}</Menu.Item>
          <Menu.Item onClick={() => onAction({ kind: 'trash' })}>{t('trash')}</Menu.Item>
          {mayDelete && (
            <Menu.Item color="red" onClick={() => onAction({ kind: 'delete' })}>
              {t('delete')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <CloseButton aria-label={select('clear')} onClick={selection.clear} />
    </section>
  )
}
