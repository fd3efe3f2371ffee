import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from './panel.module.css'

/** What few people look for: how something works underneath. */
export function Details({ children }: { children: ReactNode }): ReactNode {
  const t = useTranslations('common')
  return (
    <details className={classes.details}>
      <summary className={classes.summary}>{t('details')}</summary>
      {children}
    </details>
  )
}
