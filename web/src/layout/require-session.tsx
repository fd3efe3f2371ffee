import { Container } from '@mantine/core'
import type { ReactNode } from 'react'
import { Redirect } from 'wouter'
import { PageSkeleton } from '../components/page-skeleton.tsx'
import { ErrorState } from '../components/states.tsx'
import { useIsNowhere, useSession } from '../queries/session.ts'

const currentAddress = (): string => {
  const { pathname, search, hash } = window.location
  return `${pathname}${search}${hash}`
}

/**
 * Renders its children for signed-in people. Others are sent to sign in and return afterwards.
 * @param nowhere for signed-in people who are in no account
 */
export function RequireSession({ nowhere, children }: { nowhere: ReactNode; children: ReactNode }): ReactNode {
  const { data, error, isPending, refetch } = useSession()
  const isNowhere = useIsNowhere()
  if (isPending)
    return (
      <Container size="lg" pt={88}>
        <PageSkeleton />
      </Container>
    )
  if (error)
    return (
      <Container size="sm" pt={88} component="main">
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Container>
    )
  if (isNowhere) return nowhere
  if (data === null) return <Redirect to="/sign-in" replace state={{ from: currentAddress() }} />
  return children
}
