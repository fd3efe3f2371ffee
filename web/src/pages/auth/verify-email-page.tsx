import { Alert, Button, Skeleton, Stack, Text } from '@mantine/core'
import { IconMailCheck, IconMailOff } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { ErrorState } from '../../components/states.tsx'
import { useVerifyEmail } from '../../queries/auth.ts'
import { AuthLayout } from './auth-layout.tsx'
import { useLinkToken } from './link-token.ts'

function Outcome({ token }: { token: string }): ReactNode {
  const t = useTranslations('auth.verify')
  const { mutate, data, error } = useVerifyEmail()
  const isSent = useRef(false)
  useEffect(() => {
    // a link works once, and effects may run twice
    if (!isSent.current) mutate(token)
    isSent.current = true
  }, [mutate, token])
  if (error) return <ErrorState error={error} />
  if (!data) return <Skeleton height={88} />
  return (
    <Alert
      color="green"
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      variant="light"

      icon={<IconMailCheck aria-hidden />}
      title={t('done')}
    >
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {t('doneText', { email: data.email })}
      </Text>
    </Alert>
  )
}

export default function VerifyEmailPage(): ReactNode {
  const t = useTranslations('auth.verify')
  const token = useLinkToken()
  return (
    <AuthLayout title={t('title')}>
      <Stack>
        {token === null ? (
          <Alert color="red" variant="light" role="alert" icon={<IconMailOff aria-hidden />} title={t('missing')}>
            {t('missingText')}
          </Alert>
        ) : (
          <Outcome token={token} />
        )}
        <Button component={Link} to="/sites">
          {t('next')}
        </Button>
      </Stack>
    </AuthLayout>
  )
}
