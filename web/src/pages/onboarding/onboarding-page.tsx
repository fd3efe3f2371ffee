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
import { type Sight, useSight } from './use-sight.ts'
import { WhatWeSee } from './what-we-see.tsx'

function stepsDone({ integration, isReady }: Sight): Set<StepNumber> {
  const done = new Set<StepNumber>([1])
  if (integration) done.add(2)
  if (isReady) done.add(3)
  return done
}

/** The step that the address asks for, else the one that what the API knows leads to. */
function currentStep(search: string, { newestKey, integration }: Sight): 2 | 3 {
  const asked = new URLSearchParams(search).get('step')
  if (asked === '2' || asked === '3') return asked === '2' ? 2 : 3
  return newestKey || integration ? 3 : 2
}

function Steps({ siteId }: { siteId: string }): ReactNode {
  const search = useSearch()
  const sight = useSight(siteId)
  // kept above the steps, so that going back and forth doesn't lose the key that is shown once
  const making = useCreateApiKey(siteId)
  if (sight.isPending) return <PageSkeleton />
  const current = currentStep(search, sight)
  const base = `/sites/${siteId}/connect`
  const hrefs = { 1: `/sites/${siteId}/settings`, 2: `${base}?step=2`, 3: `${base}?step=3` }
  return (
    <>
      <Stepper current={current} done={stepsDone(sight)} hrefs={hrefs} />
      <div className={classes.columns}>
        <section className={`panel ${classes.body}`}>
          {current === 2 ? (
            <PluginStep isConnected={sight.integration !== null} next={hrefs[3]} />
          ) : (
            <ConnectStep making={making} back={hrefs[2]} />
          )}
        </section>
        <WhatWeSee sight={sight} />
      </div>
    </>
  )
}

/** Steps 2 and 3 of connecting a site, entered anywhere: where one is follows from what the API knows. */
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
