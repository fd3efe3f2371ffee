import { Container } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { Redirect } from 'wouter'
import { NoAnswerError } from '../api/errors.ts'
import { PageError } from '../components/page-error.tsx'
import { PageSkeleton } from '../components/page-skeleton.tsx'
import { forgetAnswers } from '../offline/forget-answers.ts'
import { useIsNowhere, useSession } from '../queries/session.ts'

const currentAddress = (): string => {
  const { pathname, search, hash } = window.location
  return `${pathname}${search}${hash}`
}

/**
 * Looks for the answers that this device keeps, if the API can't be reached and nothing is known yet. Forgets them when the
 * session has ended.
 * @returns whether it still looks
 */
function useLastKnown(hasFailed: boolean, isSignedOut: boolean): boolean {
  const client = useQueryClient()
  const [hasLooked, setLooked] = useState(false)
  useEffect(() => {
    if (!hasFailed) return
    const look = async () => {
      const { restoreAnswers } = await import('../offline/last-known.ts')
      await restoreAnswers(client)
    }
    void look()
      .catch(() => undefined)
      .finally(() => setLooked(true))
  }, [client, hasFailed])
  useEffect(() => {
    if (isSignedOut) forgetAnswers().catch(() => undefined)
  }, [isSignedOut])
  return hasFailed && !hasLooked
}

/**
 * Renders its children for signed-in people. Others are sent to sign in and return afterwards.
 * @param nowhere for signed-in people who are in no account
 */
export function RequireSession({ nowhere, children }: { nowhere: ReactNode; children: ReactNode }): ReactNode {
  const { data, error, isPending, refetch } = useSession()
  const isNowhere = useIsNowhere()
  const hasFailed = error instanceof NoAnswerError && data === undefined
  const isLooking = useLastKnown(hasFailed, data === null && !isNowhere)
  if (isPending || isLooking)
    return (
      <Container size="lg" pt={88}>
        <PageSkeleton />
      </Container>
    )
  if (error && data === undefined)
    return (
      <Container size="sm" pt={88} component="main">
        <PageError error={error} onRetry={() => void refetch()} />
      </Container>
    )
  if (isNowhere) return nowhere
  if (data === null) return <Redirect to="/sign-in" replace state={{ from: currentAddress() }} />
  return children
}
