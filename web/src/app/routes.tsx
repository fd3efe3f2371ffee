import { lazy, type ReactNode, Suspense } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { PageSkeleton } from '../components/page-skeleton.tsx'
import { AccountLayout } from '../layout/account-layout.tsx'
import { RequireSession } from '../layout/require-session.tsx'
import { SiteLayout } from '../layout/site-layout.tsx'
import { useSession } from '../queries/session.ts'
import { lazyPage } from './lazy-page.tsx'

// Each page is a separate file, loaded on the first visit together with the texts of its area.
const SignInPage = lazyPage('auth', () => import('../pages/auth/sign-in-page.tsx'))
const SignUpPage = lazyPage('auth', () => import('../pages/auth/sign-up-page.tsx'))
const VerifyEmailPage = lazyPage('auth', () => import('../pages/auth/verify-email-page.tsx'))
const ForgotPasswordPage = lazyPage('auth', () => import('../pages/auth/forgot-password-page.tsx'))
const ResetPasswordPage = lazyPage('auth', () => import('../pages/auth/reset-password-page.tsx'))
const AccountPage = lazyPage('account', () => import('../pages/account/account-page.tsx'))
const InvitationPage = lazyPage('auth', () => import('../pages/auth/invitation-page.tsx'))
const UnsubscribePage = lazyPage('auth', () => import('../pages/auth/unsubscribe-page.tsx'))
const SitesPage = lazyPage('sites', () => import('../pages/sites/sites-page.tsx'))
const NewSitePage = lazyPage('onboarding', () => import('../pages/onboarding/new-site-page.tsx'))
const OnboardingPage = lazyPage('onboarding', () => import('../pages/onboarding/onboarding-page.tsx'))
const ConnectPage = lazyPage('connect', () => import('../pages/connect/connect-page.tsx'))
const MembersPage = lazyPage('members', () => import('../pages/members/members-page.tsx'))
const UsagePage = lazyPage('usage', () => import('../pages/usage/usage-page.tsx'))
const AuditPage = lazyPage('audit', () => import('../pages/audit/audit-page.tsx'))
const NotificationsPage = lazyPage('notifications', () => import('../pages/notifications/notifications-page.tsx'))
const ContentTypesPage = lazyPage('contentTypes', () => import('../pages/content-types/content-types-page.tsx'))
const ItemsPage = lazyPage('items', () => import('../pages/items/items-page.tsx'))
const ItemPage = lazyPage('items', () => import('../pages/items/item-page.tsx'))
const ActivityPage = lazyPage('activity', () => import('../pages/activity/activity-page.tsx'))
const RunPage = lazyPage('activity', () => import('../pages/activity/run-page.tsx'))
const ConnectionPage = lazyPage('connection', () => import('../pages/connection/connection-page.tsx'))
const SiteSettingsPage = lazyPage('settings', () => import('../pages/settings/site-settings-page.tsx'))
const OperatorPage = lazyPage('operator', () => import('../pages/operator/operator-page.tsx'))
const OperatorSitesPage = lazyPage('operator', () => import('../pages/operator/sites-page.tsx'))
const OperatorAccountsPage = lazyPage('operator', () => import('../pages/operator/accounts-page.tsx'))
const OperatorLogPage = lazyPage('audit', () => import('../pages/operator/log-page.tsx'))
const NotFoundPage = lazy(() => import('../pages/not-found-page.tsx'))

function SiteRoutes({ siteId }: { siteId: string }): ReactNode {
  return (
    <SiteLayout siteId={siteId}>
      <Switch>
        <Route path="/sites/:siteId/connect" component={OnboardingPage} />
        <Route path="/sites/:siteId/content-types" component={ContentTypesPage} />
        <Route path="/sites/:siteId/items" component={ItemsPage} />
        <Route path="/sites/:siteId/items/:itemId" component={ItemPage} />
        <Route path="/sites/:siteId/activity" component={ActivityPage} />
        <Route path="/sites/:siteId/activity/runs/:runId" component={RunPage} />
        <Route path="/sites/:siteId/connection" component={ConnectionPage} />
        <Route path="/sites/:siteId/settings" component={SiteSettingsPage} />
        <Route path="/sites/:siteId">
          <Redirect to={`/sites/${siteId}/content-types`} replace />
        </Route>
        <Route component={NotFoundPage} />
      </Switch>
    </SiteLayout>
  )
}

/** For everybody else there are no such pages. */
function OperatorRoutes(): ReactNode {
  return (
    <Switch>
      <Route path="/operator" component={OperatorPage} />
      <Route path="/operator/sites" component={OperatorSitesPage} />
      <Route path="/operator/accounts" component={OperatorAccountsPage} />
      <Route path="/operator/log" component={OperatorLogPage} />
      <Route component={NotFoundPage} />
    </Switch>
  )
}

function AccountRoutes(): ReactNode {
  const { data: session } = useSession()
  // the API refuses everything else until the person has the second factor that the account requires
  if (session?.two_factor_missing)
    return (
      <AccountLayout>
        <Switch>
          <Route path="/account" component={AccountPage} />
          <Route>
            <Redirect to="/account" replace />
          </Route>
        </Switch>
      </AccountLayout>
    )
  return (
    <AccountLayout>
      <Switch>
        <Route path="/">
          <Redirect to="/sites" replace />
        </Route>
        <Route path="/sites" component={SitesPage} />
        <Route path="/sites/new" component={NewSitePage} />
        <Route path="/connect" component={ConnectPage} />
        <Route path="/members" component={MembersPage} />
        <Route path="/usage" component={UsagePage} />
        <Route path="/notifications" component={NotificationsPage} />
        <Route path="/account" component={AccountPage} />
        <Route path="/audit" component={AuditPage} />
        <Route path="/invitation" component={InvitationPage} />
        {session?.is_operator && <Route path="/operator/*?" component={OperatorRoutes} />}
        <Route path="/sites/:siteId/*?">{({ siteId }) => <SiteRoutes siteId={siteId} />}</Route>
        <Route component={NotFoundPage} />
      </Switch>
    </AccountLayout>
  )
}

/** People who are in no account look after themselves, and can accept an invitation. */
function NowhereRoutes(): ReactNode {
  return (
    <AccountLayout isNowhere>
      <Switch>
        <Route path="/invitation" component={InvitationPage} />
        <Route path="/account" component={AccountPage} />
        <Route>
          <Redirect to="/account" replace />
        </Route>
      </Switch>
    </AccountLayout>
  )
}

/** Routes of the app. Each of them can be bookmarked, shared and reloaded. */
export function AppRoutes(): ReactNode {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Switch>
        <Route path="/sign-in" component={SignInPage} />
        <Route path="/sign-up" component={SignUpPage} />
        <Route path="/verify-email" component={VerifyEmailPage} />
        <Route path="/forgot-password" component={ForgotPasswordPage} />
        <Route path="/reset-password" component={ResetPasswordPage} />
        <Route path="/unsubscribe" component={UnsubscribePage} />
        <Route>
          <RequireSession nowhere={<NowhereRoutes />}>
            <AccountRoutes />
          </RequireSession>
        </Route>
      </Switch>
    </Suspense>
  )
}
