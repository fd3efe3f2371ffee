import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import own from './lists.module.css'

const KEYS = [
  [['j'], 'down'],
  [['k'], 'up'],
  [['Shift', 'j'], 'range'],
  [['x'], 'select'],
  [['e'], 'edit'],
  [['/'], 'search'],
  [['Esc'], 'clear'],
  [['⌘', 'K'], 'palette'],
  [['?'], 'help'],
] as const

/** The keyboard shortcuts of the list. */
export default function KeysDialog({ onClose }: { onClose: () => void }): ReactNode {
  const t = useTranslations('lists.keys')
  const common = useTranslations('common')
  const isMac = /mac|iphone|ipad/i.test(navigator.userAgent)
  return (
    <Modal opened onClose={onClose} title={t('title')} centered closeButtonProps={{ 'aria-label': common('close') }}>
      <dl className={own.keys}>
        {KEYS.map(([keys, what]) => (
          <div key={what} style={{ display: 'contents' }}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={own.key} style={{ marginInlineEnd: 4 }}>
                  {key === '⌘' && !isMac ? 'Ctrl' : key}
                </kbd>
              ))}
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
