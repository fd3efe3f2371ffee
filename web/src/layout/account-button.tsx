import { VisuallyHidden } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useSession } from '../queries/session.ts'
import classes from './layout.module.css'

const loadMenu = () => import('./account-menu.tsx')
const AccountMenu = lazy(loadMenu)

const MOST_INITIALS = 2
const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => word.charAt(0).toUpperCase())
    .slice(0, MOST_INITIALS)
    .join('')

/** Opens the account menu, which is loaded when the button gets hover or focus. */
export function AccountButton(): ReactNode {
  const t = useTranslations('shell')
  const { data: session } = useSession()
  const [isWanted, setWanted] = useState(false)
  if (!session) return null
  const button = (
    <button
      type="button"
      className={classes.person}
      aria-haspopup="menu"
      onPointerEnter={() => void loadMenu()}
      onFocus={() => void loadMenu()}
      onClick={() => setWanted(true)}
    >
      {initialsOf(session.user.name)}
      <VisuallyHidden>{t('menu', { name: session.user.name })}</VisuallyHidden>
    </button>
  )
  if (!isWanted) return button
  return (
    <Suspense fallback={button}>
      <AccountMenu session={session} initials={initialsOf(session.user.name)} />
    </Suspense>
  )
}
