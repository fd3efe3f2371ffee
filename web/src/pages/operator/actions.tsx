import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { OperatorAccount, OperatorSite } from '../../api/types.ts'
import { type ReplayWish, useReplay, useSetSuspended, useWake } from '../../queries/operator.ts'
import { ReasonButton } from './reason-button.tsx'

/** Suspends an account, or lifts its suspension. */
export function SuspensionButton({ account }: { account: OperatorAccount }): ReactNode {
  const t = useTranslations('operator.action')
  const change = useSetSuspended()
  const verb = account.suspension ? 'lift' : 'suspend'
  return (
    <ReasonButton
      label={t(`${verb}.label`)}
      about={account.id}
      title={t(`${verb}.title`, { account: account.id })}
      text={t(`${verb}.text`)}
      confirmLabel={t(`${verb}.label`)}
      isDangerous={verb === 'suspend'}
      act={async (reason) => {
        const after = await change.mutateAsync({ accountId: account.id, isSuspended: verb === 'suspend', reason })
        if (verb === 'lift') return t('lift.done')
        return t(after.suspension?.is_told ? 'suspend.done' : 'suspend.underWay')
      }}
    />
  )
}

/** Makes the object of a site check its site now. */
export function WakeButton({ site }: { site: OperatorSite }): ReactNode {
  const t = useTranslations('operator.action.wake')
  const wake = useWake()
  return (
    <ReasonButton
      label={t('label')}
      about={site.host}
      title={t('title', { host: site.host })}
      text={t('text')}
      confirmLabel={t('label')}
      act={async (reason) => {
        const { run, waiting_for_site_since: since } = await wake.mutateAsync({ siteId: site.id, reason })
        if (since !== null) return t('waitsForSite')
        return run ? t('withRun', { status: run.status }) : t('done')
      }}
    />
  )
}

interface ReplayButtonProps {
  wish: ReplayWish
  about: string
}

/** Has what waits tried again at once. */
export function ReplayButton({ wish, about }: ReplayButtonProps): ReactNode {
  const t = useTranslations('operator.action.replay')
  const format = useFormatter()
  const replay = useReplay()
  return (
    <ReasonButton
      label={t('label')}
      about={about}
      title={t('title', { about })}
      text={t(`text.${wish.what}`)}
      confirmLabel={t('label')}
      act={async (reason) => {
        const { retried, unreached, is_more: isMore } = await replay.mutateAsync({ ...wish, reason })
        if (unreached > 0) return t('unreached')
        const count = format.number(retried)
        return isMore ? t('more', { count }) : t('done', { count })
      }}
    />
  )
}
