import { ActionIcon } from '@mantine/core'
import { IconCommand } from '@tabler/icons-react'
import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { lazyPart } from '../app/lazy-page.tsx'

const loadPalette = () => import('./palette.tsx')
const Palette = lazyPart('lists', () => import('./palette.tsx'))

/** Opens the palette, by ⌘K or Ctrl K from anywhere. It is loaded when it is first wanted. */
export function PaletteButton(): ReactNode {
  const t = useTranslations('shell')
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // an editor may have a link to make of it
      if (event.defaultPrevented) return
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      setOpen((before) => !before)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('palette')}
        aria-keyshortcuts="Meta+K Control+K"
        title={`${t('palette')} (⌘K)`}
        onPointerEnter={() => void loadPalette()}
        onFocus={() => void loadPalette()}
        onClick={() => setOpen(true)}
      >
        <IconCommand size={18} aria-hidden />
      </ActionIcon>
      {isOpen && (
        <Suspense>
          <Palette onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
