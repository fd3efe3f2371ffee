import { Button, Stack } from '@mantine/core'
import { IconLinkOff } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { PartSkeleton } from '../../components/page-skeleton.tsx'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useConnectQuestion } from '../../queries/connect.ts'
import { hostOf } from '../onboarding/site-address.ts'
import classes from './connect.module.css'
import { Consent } from './consent.tsx'
import { type Ask, readAsk } from './read-ask.ts'
import { Refused } from './refused.tsx'

function Broken(): ReactNode {
  const t = useTranslations('connect')
  return (
    <EmptyState
      icon={<IconLinkOff />}
      title={t('broken')}
      text={t('brokenText')}
      action={
        <Button component={Link} to="/sites/new" variant="light">
          {t('start')}
        </Button>
      }
    />
  )
}

function Question({ ask }: { ask: Ask }): ReactNode {
  const t = useTranslations('connect')
  const { data: question, error, isPending, refetch } = useConnectQuestion(ask)
  if (isPending) return <PartSkeleton />
  if (error)
    return (
      <Stack>
        <ErrorState error={error} onRetry={() => void refetch()} />
        <Button component={Link} to="/sites" variant="default" style={{ alignSelf: 'flex-start' }}>
          {t('sites')}
        </Button>
      </Stack>
    )
  if (question.refusal) return <Refused ask={ask} refusal={question.refusal} cancelUrl={question.cancel_url} />
  return <Consent ask={ask} question={question} />
}

/** Where the plugin sends people: may this site be connected to this account? */
export default function ConnectPage(): ReactNode {
  const t = useTranslations('connect')
  const [ask] = useState(() => readAsk(window.location.hash))
  const host = ask === null ? '' : hostOf(ask.site_url)
  return (
    <Page title={ask === null ? t('titlePlain') : t('title', { site: host })}>
      <div className={`panel ${classes.card}`} style={{ padding: 24 }}>
        {ask === null ? <Broken /> : <Question ask={ask} />}
      </div>
    </Page>
  )
}
