import { Alert } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { EndpointTest } from '../../api/types.ts'
import { ErrorState } from '../../components/states.tsx'
import { ErrorWords } from './error-words.tsx'

/** Result of a ping, or the API's error. */
export function TestOutcome({ result, error }: { result: EndpointTest | null; error: unknown }): ReactNode {
  const t = useTranslations('notifications.endpoints')
  if (!result) return <ErrorState error={error} />
  if (result.success) {
    return (
      <Alert color="green" variant="light" p="xs">
        {t('tested', { status: result.status ?? 0, ms: result.took_ms })}
      </Alert>
    )
  }
  return (
    <Alert color="red" variant="light" p="xs" title={t('testFailed')}>
      {result.error && <ErrorWords error={result.error} />}
    </Alert>
  )
}
