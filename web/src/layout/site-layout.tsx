import { type ReactNode, Suspense } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { isCode } from '../api/errors.ts'
import { PageError } from '../components/page-error.tsx'
import { PageSkeleton } from '../components/page-skeleton.tsx'
import { TABS, TabsContext } from '../components/site-tabs.ts'
import { NotFoundState } from '../components/states.tsx'
import { LiveIndicator, LiveNotice } from '../live/live-indicator.tsx'
import { LiveProvider } from '../live/live-provider.tsx'
import { useSite } from '../queries/sites.ts'
import { NavigationLink } from './account-layout.tsx'
import classes from './layout.module.css'
import { SiteContext } from './site-context.ts'

/** Layout of the pages of one site. */
export function SiteLayout({ siteId, children }: { siteId: string; children: ReactNode }): ReactNode {
  const t = useTranslations('shell')
  const { data: site, error, isPending, refetch } = useSite(siteId)
  if (isPending) return <PageSkeleton />
  if (isCode(error, 'site_not_found')) return <NotFoundState />
  if (!site) return <PageError error={error} onRetry={() => void refetch()} />
  return (
    <SiteContext value={site}>
      <LiveProvider key={site.id} siteId={site.id}>
        <div className={classes.trail}>
          <nav aria-label={t('trail')} className={classes.way}>
            <Link href="/sites">{t('sites')}</Link>
            <span aria-hidden>/</span>
            <span aria-current="location">{site.name}</span>
          </nav>
          <LiveIndicator />
        </div>
        <nav aria-label={t('siteNavigation')} className={classes.tabs}>
          {TABS.map(([tab, label]) => (
            <NavigationLink
              key={tab}
              to={`/sites/${site.id}/${tab}`}
              label={t(`tabs.${label}`)}
              className={classes.tab ?? ''}
            />
          ))}
        </nav>
        <LiveNotice />
        <TabsContext value={site.id}>
          <Suspense fallback={<PageSkeleton />}>{children}</Suspense>
        </TabsContext>
      </LiveProvider>
    </SiteContext>
  )
}
