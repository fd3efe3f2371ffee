import { Alert, Skeleton, Stack } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useProfile } from '../../queries/me.ts'
import { useMay, useSession } from '../../queries/session.ts'
import type { Account } from '../../api/types.ts'
import { EmailPanel } from './email-panel.tsx'
import { NowherePanel } from './nowhere-panel.tsx'
import { PasswordPanel } from './password-panel.tsx'
import { ProfilePanel } from './profile-panel.tsx'

// below the fold, and half of the page's script
const Factors = lazy(() => import('./factors.tsx'))

/** Why the person is here and nowhere else: the account requires a factor that their session lacks. */
function Needed({ hasFactor, account }: { hasFactor: boolean; account: string }): ReactNode {
  const t = useTranslations('account.needed')
  return (
    <Alert
      color="yellow"
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      variant="light"
      icon={<IconShieldLock aria-hidden />}
      title={t('title', { account })}
    >
      {hasFactor ? t('signIn') : t('setUp')}
    </Alert>
  )
}

export default function AccountPage(): ReactNode {
  const t = useTranslations('account')
  const { data: session } = useSession()
  const isOwner = useMay('owner')
  const { data: profile, error, isPending, refetch } = useProfile()
  const isMissing = session?.two_factor_missing ?? false
  const owned: Account | null = session && isOwner && !isMissing ? session.account : null
  return (
    <Page title={t('title')} description={t('description')}>
      <Stack gap="lg">
        {isMissing && session && <Needed hasFactor={profile?.totp ?? false} account={session.account.name} />}
        {!session && <NowherePanel />}
        {isPending && <Skeleton height={240} radius="lg" />}
        {error && !profile && <ErrorState error={error} onRetry={() => void refetch()} />}
        {profile && (
          <>
            <ProfilePanel profile={profile} />
            <EmailPanel profile={profile} />
            <PasswordPanel />
            <Suspense fallback={<Skeleton height={240} radius="lg" />}>
              <Factors profile={profile} owned={owned} />
            </Suspense>
          </>
        )}
      </Stack>
    </Page>
  )
}
