import { Divider, Stack } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'
import { PartSkeleton } from '../../components/page-skeleton.tsx'
import { EmptyState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useCreateApiKey } from '../../queries/api-keys.ts'
import { useMay } from '../../queries/session.ts'
import { ByKey } from './by-key.tsx'
import { ConnectNow } from './connect-now.tsx'
import { ConnectProgressPanel } from './connect-progress.tsx'
import classes from './onboarding.module.css'
import { useConnectProgress } from './use-connect-progress.ts'

function Ways({ siteId }: { siteId: string }): ReactNode {
  const progress = useConnectProgress(siteId)
  const making = useCreateApiKey(siteId)
  if (progress.isPending) return <PartSkeleton />
  return (
    <div className={classes.columns}>
      <section className={`panel ${classes.body}`}>
        <Stack gap="lg">
          <ConnectNow isConnected={progress.isReady} />
          <Divider />
          <ByKey making={making} />
        </Stack>
      </section>
      <ConnectProgressPanel progress={progress} />
    </div>
  )
}

/** Connects a site of the account: by consent in wp-admin, or with a key. */
export default function OnboardingPage(): ReactNode {
  const t = useTranslations('onboarding')
  const site = useThisSite()
  const maySee = useMay('editor')
  return (
    <Page title={t('title')} context={site.name}>
      {maySee ? (
        <Ways siteId={site.id} />
      ) : (
        <div className="panel">
          <EmptyState icon={<IconLock />} title={t('viewer')} text={t('viewerText')} />
        </div>
      )}
    </Page>
  )
}
