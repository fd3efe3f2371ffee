import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import classes from './layout.module.css'

const TABS = [
  ['/operator', 'overview'],
  ['/operator/sites', 'sites'],
  ['/operator/accounts', 'accounts'],
  ['/operator/log', 'log'],
] as const

/** Links between the pages of operators. */
export function OperatorTabs(): ReactNode {
  const t = useTranslations('shell')
  const [pathname] = useLocation()
  return (
    <nav aria-label={t('operation')} className={classes.tabs}>
      {TABS.map(([path, label]) => (
        <Link
          key={path}
          href={path}
          className={classes.tab ?? ''}
          aria-current={pathname === path ? 'page' : undefined}
        >
          {t(`operatorPages.${label}`)}
        </Link>
      ))}
    </nav>
  )
}
