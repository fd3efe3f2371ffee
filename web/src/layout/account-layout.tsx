import { Container } from '@mantine/core'
import { lazy, type ReactNode, Suspense } from 'react'
import { Link, useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import { ErrorBoundary } from '../components/error-boundary.tsx'
import { PageSkeleton } from '../components/page-skeleton.tsx'
import { AccountButton } from './account-button.tsx'
import { SignOutButton } from './sign-out-button.tsx'
import { useIsLost } from '../offline/reach.ts'
import classes from './layout.module.css'
import { Logo } from './logo.tsx'
import { PaletteButton } from './palette-button.tsx'

// most people have none
const Banners = lazy(() => import('./banners.tsx'))
// loaded ahead by use-offline.ts
const LostBanner = lazy(() => import('./lost-banner.tsx'))

/** A navigation link that marks the current page. */
export function NavigationLink({ to, label, className }: { to: string; label: string; className: string }): ReactNode {
  const [pathname] = useLocation()
  const isHere = pathname === to || pathname.startsWith(`${to}/`)
  return (
    <Link href={to} className={className} aria-current={isHere ? 'page' : undefined}>
      {label}
    </Link>
  )
}

/** Layout of every page for signed-in people. @param isNowhere the person is in no account: there is nowhere to go */
export function AccountLayout({
  isNowhere = false,
  children,
}: {
  isNowhere?: boolean
  children: ReactNode
}): ReactNode {
  const t = useTranslations('shell')
  const [pathname] = useLocation()
  const isLost = useIsLost()
  return (
    <>
      <a href="#content" className="skip-link">
        {t('skip')}
      </a>
      <header className={classes.header}>
        <Container size="lg" className={classes.bar}>
          <Link href="/sites" aria-label={t('home')} className={classes.brand}>
            <Logo />
            <span className={classes.name} aria-hidden>
              IGNY8
            </span>
          </Link>
          {!isNowhere && (
            <nav aria-label={t('mainNavigation')} className={classes.main}>
              <NavigationLink to="/sites" label={t('sites')} className={classes.link ?? ''} />
              <NavigationLink to="/members" label={t('members')} className={classes.link ?? ''} />
              <NavigationLink to="/notifications" label={t('notifications')} className={classes.link ?? ''} />
            </nav>
          )}
          {!isNowhere && <PaletteButton />}
          {isNowhere ? <SignOutButton /> : <AccountButton />}
        </Container>
      </header>
      <main id="content" tabIndex={-1} style={{ outline: 'none' }}>
        <Container size="lg" pt="lg" pb={64}>
          <Suspense>
            {isLost && (
              <ErrorBoundary>
                <LostBanner />
              </ErrorBoundary>
            )}
            <Banners />
          </Suspense>
          <ErrorBoundary resetKey={pathname}>
            <Suspense fallback={<PageSkeleton />}>{children}</Suspense>
          </ErrorBoundary>
        </Container>
      </main>
    </>
  )
}
