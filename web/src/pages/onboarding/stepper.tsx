import { VisuallyHidden } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import classes from './onboarding.module.css'

export type StepNumber = 1 | 2 | 3

interface StepperProps {
  /** The current step. */
  current: StepNumber
  /** Steps that are done according to the API. */
  done: ReadonlySet<StepNumber>
  /** Link to a step; none if it can't be opened. */
  hrefs: Partial<Record<StepNumber, string>>
}

const STEPS = [
  [1, 'stepSite'],
  [2, 'stepPlugin'],
  [3, 'stepConnect'],
] as const

/** The steps of connecting a site. */
export function Stepper({ current, done, hrefs }: StepperProps): ReactNode {
  const t = useTranslations('onboarding')
  return (
    <nav aria-label={t('steps')}>
      <ol className={classes.steps}>
        {STEPS.map(([number, label]) => {
          const isDone = done.has(number)
          const state = number === current ? 'now' : isDone ? 'done' : 'open'
          const href = hrefs[number]
          const content = (
            <>
              <span className={classes.number} aria-hidden>
                {isDone ? <IconCheck size={16} /> : number}
              </span>
              <span>
                <VisuallyHidden>{t('step', { number })}: </VisuallyHidden>
                {t(label)}
                {isDone && <VisuallyHidden> ({t('stepDone')})</VisuallyHidden>}
              </span>
            </>
          )
          const shared = {
            className: classes.step ?? '',
            'data-state': state,
            'aria-current': number === current ? ('step' as const) : undefined,
          }
          return (
            <li key={number}>
              {href === undefined || number === current ? (
                <span {...shared}>{content}</span>
              ) : (
                <Link href={href} {...shared}>
                  {content}
                </Link>
              )}
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
