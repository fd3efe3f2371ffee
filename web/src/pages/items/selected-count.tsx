import { VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Selection } from './use-selection.ts'

/** Says to screen readers how many items are selected. It is always there, so that they notice its changes. */
export function SelectedCount({ selection }: { selection: Selection }): ReactNode {
  const t = useTranslations('items.list.select')
  const count = selection.count ?? 0
  return (
    <VisuallyHidden component="output" aria-live="polite" data-selected-count>
      {selection.isEverything ? t('everything') : count > 0 ? t('count', { count }) : ''}
    </VisuallyHidden>
  )
}
