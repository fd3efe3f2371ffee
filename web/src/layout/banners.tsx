import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconLock, IconMail, IconTrash } from '@tabler/icons-react'
import type { UseMutationResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { useFormatter, useTranslations } from 'use-intl'
import type { Deletion, Session, User } from '../api/types.ts'
import { ErrorState } from '../components/states.tsx'
import { useDeletions, useKeepAccount, useStay } from '../queries/deletions.ts'
import { useResendVerification } from '../queries/me.ts'
import { useMay, useSession } from '../queries/session.ts'

interface BannerProps {
  icon: ReactNode
  title: string
  text: string
  error: unknown
  /** A button, or what its use has led to. */
  action?: ReactNode
}

function Banner({ icon, title, text, error, action }: BannerProps): ReactNode {
  return (
    <section aria-label={title}>
      <Alert
        role="note"
        color="yellow"
        variant="light"
        styles={{ label: { color: 'var(--mantine-color-text)' } }}
        icon={icon}
        title={title}
      >
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{text}</Text>
          {error !== null && <ErrorState error={error} />}
          {action}
        </Stack>
      </Alert>
    </section>
  )
}

interface DeletionBannerProps {
  deletion: Deletion
  /** Whose deletion it is. */
  kind: 'account' | 'person'
  name: string
  mayKeep: boolean
  keep: UseMutationResult<unknown, Error, void>
}

function DeletionBanner({ deletion, kind, name, mayKeep, keep }: DeletionBannerProps): ReactNode {
  const t = useTranslations('shell.deletion')
  const format = useFormatter()
  const date = format.dateTime(new Date(deletion.due_at), { dateStyle: 'long' })
  const may = mayKeep && deletion.can_cancel
  const text = deletion.can_cancel ? t(`${kind}.text`) : t('running')
  return (
    <Banner
      icon={<IconTrash aria-hidden />}
      title={t(`${kind}.title`, { name, date })}
      text={mayKeep ? text : t('askOwner')}
      error={keep.error}
      action={
        may && (
          <Button size="xs" variant="default" loading={keep.isPending} onClick={() => keep.mutate()}>
            {t(`${kind}.keep`)}
          </Button>
        )
      }
    />
  )
}

function UnverifiedBanner({ user }: { user: User }): ReactNode {
  const t = useTranslations('shell.unverified')
  const resend = useResendVerification()
  return (
    <Banner
      icon={<IconMail aria-hidden />}
      title={t('title')}
      text={t('text', { email: user.email })}
      error={resend.error}
      action={
        <Group>
          <Button size="xs" variant="default" loading={resend.isPending} onClick={() => resend.mutate()}>
            {t('resend')}
          </Button>
          <Text size="sm" component="output" aria-live="polite">
            {resend.isSuccess && t('resent')}
          </Text>
        </Group>
      }
    />
  )
}

function SuspensionBanner({ session }: { session: Session }): ReactNode {
  const t = useTranslations('shell.suspension')
  const format = useFormatter()
  if (!session.suspension) return null
  const { since, reason } = session.suspension
  const date = format.dateTime(new Date(since), { dateStyle: 'long' })
  return (
    <Banner
      icon={<IconLock aria-hidden />}
      title={t('title', { name: session.account.name, date })}
      text={t('text', { reason })}
      error={null}
    />
  )
}

/** What the person should know on every page: a deletion that waits, an address that isn't verified. */
export default function Banners(): ReactNode {
  const { data: session } = useSession()
  const { data: deletions } = useDeletions()
  const isOwner = useMay('owner')
  const [keep, stay] = [useKeepAccount(), useStay()]
  const [pathname] = useLocation()
  const { account, person } = deletions ?? { account: null, person: null }
  // that page says it beside the address
  const mayVerify = session?.sends_mail === true && pathname !== '/account'
  const isUnverified = mayVerify && !session.user.email_verified
  const isSuspended = session?.suspension != null
  if (!account && !person && !isUnverified && !isSuspended) return null
  return (
    <Stack mb="lg" gap="sm">
      {session && <SuspensionBanner session={session} />}
      {account && (
        <DeletionBanner
          deletion={account}
          kind="account"
          name={session?.account.name ?? ''}
          mayKeep={isOwner}
          keep={keep}
        />
      )}
      {person && <DeletionBanner deletion={person} kind="person" name="" mayKeep keep={stay} />}
      {isUnverified && session && <UnverifiedBanner user={session.user} />}
    </Stack>
  )
}
