import { Stack, Text, Title } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { RunDetail, RunStep } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import classes from '../../components/data-list.module.css'

/** The API keeps this many steps: with so many, older ones are missing. */
const MOST_STEPS = 200

const NUMBERS = ['items', 'requests', 'bytes', 'duration'] as const

function StepError({ error }: { error: NonNullable<RunStep['error']> }): ReactNode {
  const codeTitle = useCodeTitle()
  return (
    <tr data-testid="step-error">
      <td colSpan={NUMBERS.length + 2} style={{ paddingTop: 0 }}>
        <Text size="sm" c="var(--app-bad)" fw={600}>
          {codeTitle(error.code)}
        </Text>
        <Text size="sm" lang="en">
          {error.detail} {error.fix}
        </Text>
      </td>
    </tr>
  )
}

function Step({ step }: { step: RunStep }): ReactNode {
  const t = useTranslations('activity.run')
  const format = useFormatter()
  const amounts = useAmounts()
  const phase = t(`phase.${step.phase}`)
  const values = [
    format.number(step.items),
    format.number(step.requests),
    amounts.bytes(step.bytes),
    amounts.duration(step.duration_ms),
  ]
  const border = step.error ? { borderBottom: 0 } : {}
  return (
    <>
      <tr data-phase={step.phase}>
        <td style={border}>{step.type === null ? phase : t('phaseOf', { phase, type: step.type })}</td>
        <td style={{ ...border, whiteSpace: 'nowrap' }}>
          {format.dateTime(new Date(step.at), { timeStyle: 'medium' })}
        </td>
        {values.map((value, index) => (
          <td key={NUMBERS[index]} className={classes.number} style={{ ...border, whiteSpace: 'nowrap' }}>
            {value}
          </td>
        ))}
      </tr>
      {step.error && <StepError error={step.error} />}
    </>
  )
}

/** Sums of all steps, including those no longer kept. */
function Totals({ run }: { run: RunDetail }): ReactNode {
  const t = useTranslations('activity.run')
  const format = useFormatter()
  const amounts = useAmounts()
  return (
    <tr>
      <th scope="row" colSpan={3}>
        {t('total')}
      </th>
      <td className={classes.number}>{format.number(run.requests)}</td>
      <td className={classes.number}>{amounts.bytes(run.bytes)}</td>
      <td className={classes.number}>{amounts.duration(run.duration_ms)}</td>
    </tr>
  )
}

/** The steps of a run, oldest first. */
export function RunSteps({ run }: { run: RunDetail }): ReactNode {
  const t = useTranslations('activity.run')
  return (
    <Stack gap="sm">
      <Title order={2} size="h3">
        {t('steps')}
      </Title>
      {/* a scrolling region must be reachable by keyboard */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={`panel ${classes.scroll}`} aria-label={t('steps')} tabIndex={0}>
        {run.steps.length === 0 ? (
          <Text size="sm" c="dimmed" p="lg">
            {t('noSteps')}
          </Text>
        ) : (
          <table className={`${classes.table} ${classes.dense}`}>
            <thead>
              <tr>
                {(['phase', 'at', ...NUMBERS] as const).map((column, index) => (
                  <th key={column} scope="col" {...(index > 1 && { className: classes.number })}>
                    {t(`step.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {run.steps.map((step, index) => (
                // oxlint-disable-next-line react/no-array-index-key -- steps are only ever added at the end
                <Fragment key={`${step.at}-${index}`}>
                  <Step step={step} />
                </Fragment>
              ))}
            </tbody>
            <tfoot>
              <Totals run={run} />
            </tfoot>
          </table>
        )}
      </section>
      {run.steps.length >= MOST_STEPS && (
        <Text size="sm" c="dimmed">
          {t('newestSteps', { count: MOST_STEPS })}
        </Text>
      )}
    </Stack>
  )
}
