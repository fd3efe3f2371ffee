import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { TypeRows } from './use-type-rows.ts'

const loadDialog = () => import('./new-item-dialog.tsx')
const NewItemDialog = lazy(loadDialog)

/** Opens the form for a new item, which is loaded when the button gets hover or focus. */
export function NewItemButton({ rows }: { rows: TypeRows | null }): ReactNode {
  const t = useTranslations('items.new')
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button
        leftSection={<IconPlus size={16} aria-hidden />}
        onPointerEnter={() => void loadDialog()}
        onFocus={() => void loadDialog()}
        onClick={() => setOpen(true)}
      >
        {t('button')}
      </Button>
      {isOpen && (
        <Suspense>
          <NewItemDialog rows={rows} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
