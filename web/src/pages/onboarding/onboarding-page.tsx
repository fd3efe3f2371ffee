import { IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useSearch } from 'wouter'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { EmptyState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useCreateApiKey } from '../../queries/api-keys.ts'
import { useMay } from '../../queries/session.ts'
import { ConnectStep } from './connect-step.tsx'
import classes from './onboarding.module.css'
import { PluginStep } from './plugin-step.tsx'
import { type StepNumber, Stepper } from './stepper.tsx'
import { type ConnectProgress, useConnectProgress } from './use-connect-progress.ts'
import { ConnectProgressPanel } from './connect-progress.tsx'

function stepsDone({ integration, isReady }: ConnectProgress): Set<StepNumber> {
  const done = new Set<StepNumber>([1])
  if (integration) done.add(2)
  if (isReady) done.add(3)
  return done
}

/** The step in the URL, else the next one according to the API. */
function currentStep(search: string, { newestKey, integration }: ConnectProgress): 2 | 3 {
  const asked = new URLSearchParams(search).get('step')
  if (asked === '2' || asked === '3') return asked === '2' ? 2 : 3
  return newestKey || integration ? 3 : 2
}

function Steps({ siteId }: { siteId: string }): ReactNode {
  const search = useSearch()
  const progress = useConnectProgress(siteId)
  // kept above the steps, so that switching steps doesn't lose the key, which is shown once
  const making = useCreateApiKey(siteId)
  if (progress.isPending) return <PageSkeleton />
  const current = currentStep(search, progress)
  const base = `/sites/${siteId}/connect`
  const hrefs = { 1: `/sites/${siteId}/settings`, 2: `${base}?step=2`, 3: `${base}?step=3` }
  return (
    <>
      <Stepper current={current} done={stepsDone(progress)} hrefs={hrefs} />
      <div className={classes.columns}>
        <section className={`panel ${classes.body}`}>
          {current === 2 ? (
            <PluginStep isConnected={progress.integration !== null} next={hrefs[3]} />
          ) : (
            <ConnectStep making={making} back={hrefs[2]} />
          )}
        </section>
        <ConnectProgressPanel progress={progress} />
      </div>
    </>
  )
}

/** Steps 2 and 3 of connecting a site. The API's data decides which step comes next. */
export default function OnboardingPage(): ReactNode {
  const t = useTranslations('onboarding')
  const site = useThisSite()
  const maySee = useMay('editor')
  return (
    <Page title={t('title')} context={site.name}>
      {maySee ? (
        <Steps siteId={site.id} />
      ) : (
        <div className="panel">
          <EmptyState icon={<IconLock />} title={t('viewer')} text={t('viewerText')} />
        </div>
      )}
    </Page>
  )
}
