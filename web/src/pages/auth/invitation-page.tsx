import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconMailOff, IconMailOpened, IconUserCheck } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import { notifyDone } from '../../components/notify.ts'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useAcceptInvitation } from '../../queries/auth.ts'
import { useProfile } from '../../queries/me.ts'
import { useSignOut } from '../../queries/session.ts'

/** The token is in the URL's fragment, which browsers don't send. */
const readToken = (): string | null => new URLSearchParams(window.location.hash.slice(1)).get('token') || null

function Refused({ email, token }: { email: string; token: string }): ReactNode {
  const t = useTranslations('auth.invitation')
  const signOut = useSignOut()
  const [, navigate] = useLocation()
  const leave = () => {
    const from = `/invitation#token=${encodeURIComponent(token)}`
    signOut.mutate(undefined, { onSuccess: () => navigate('/sign-in', { replace: true, state: { from } }) })
  }
  return (
    <Alert color="red" role="alert" icon={<IconMailOff aria-hidden />} title={t('refused', { email })}>
      <Stack align="flex-start">
        <List size="sm" spacing={6}>
          <List.Item>{t('reasonOther')}</List.Item>
          <List.Item>{t('reasonOver')}</List.Item>
          <List.Item>{t('reasonReplaced')}</List.Item>
        </List>
        <Button variant="default" onClick={leave} loading={signOut.isPending}>
          {t('otherPerson')}
        </Button>
      </Stack>
    </Alert>
  )
}

function AlreadyMember(): ReactNode {
  const t = useTranslations('auth.invitation')
  return (
    <EmptyState
      icon={<IconUserCheck />}
      title={t('alreadyMember')}
      text={t('alreadyMemberText')}
      action={
        <Button component={Link} to="/sites">
          {t('toSites')}
        </Button>
      }
    />
  )
}

function InvitationPanel({ token, email }: { token: string; email: string }): ReactNode {
  const t = useTranslations('auth.invitation')
  const accept = useAcceptInvitation()
  const [, navigate] = useLocation()
  const join = () =>
    accept.mutate(token, {
      onSuccess: ({ name }) => {
        navigate('/sites', { replace: true })
        void notifyDone(t('joined', { account: name }))
      },
    })
  if (isCode(accept.error, 'already_member')) return <AlreadyMember />
  const isRefused = isCode(accept.error, 'invitation_not_found')
  return (
    <Stack gap="lg" p={{ base: 'md', sm: 'xl' }}>
      <Group wrap="nowrap" align="flex-start">
        <IconMailOpened size={32} aria-hidden style={{ flexShrink: 0 }} />
        <div>
          <Text fw={650} size="lg" component="h2" m={0}>
            {t('heading')}
          </Text>
          <Text c="dimmed" mt={4}>
            {t('text', { email })}
          </Text>
        </div>
      </Group>
      {isRefused && <Refused email={email} token={token} />}
      {accept.error && !isRefused && <ErrorState error={accept.error} />}
      {!isRefused && (
        <Group>
          <Button onClick={join} loading={accept.isPending}>
            {t('accept')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

export default function InvitationPage(): ReactNode {
  const t = useTranslations('auth.invitation')
  // not the session, which people without an account don't have
  const { data: profile, error, refetch } = useProfile()
  const [token] = useState(readToken)
  return (
    <Page title={t('title')}>
      <div className="panel">
        {token === null && <EmptyState icon={<IconMailOff />} title={t('missing')} text={t('missingText')} />}
        {token !== null && error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {token !== null && profile && <InvitationPanel token={token} email={profile.user.email} />}
      </div>
    </Page>
  )
}
