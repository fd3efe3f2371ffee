import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { EvidenceStep } from '../../api/types.ts'
import { useProblemText } from '../../components/use-problem-text.ts'
import classes from './connection.module.css'

const NAMED = ['front_page', 'rest_index', 'command_endpoint', 'commands'] as const
const nameOf = (step: string) => NAMED.find((name) => name === step)

function Step({ step }: { step: EvidenceStep }): ReactNode {
  const t = useTranslations('connection.evidence')
  const textOf = useProblemText()
  const name = nameOf(step.step)
  // after a failure the note is an error code, otherwise a remark
  const note = step.note === undefined ? null : textOf({ code: step.note }).title
  return (
    <li>
      <Group gap={8} justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          {name ? t(name) : step.step}
          {note && (
            <Text component="span" inherit c="dimmed">
              {' – '}
              {note}
            </Text>
          )}
        </div>
        <Text component="span" size="xs" c="dimmed" data-numeric style={{ whiteSpace: 'nowrap' }}>
          {step.status !== undefined && t('status', { status: String(step.status) })}{' '}
          {step.took_ms !== undefined && t('took', { ms: Math.round(step.took_ms) })}
        </Text>
      </Group>
      {step.url && <code>{step.url}</code>}
    </li>
  )
}

/** The steps of a test in order, with the answers. */
export function EvidenceList({ steps }: { steps: EvidenceStep[] }): ReactNode {
  return (
    <ol className={classes.evidence}>
      {steps.map((step, index) => (
        // a step can occur twice, and the list never changes
        // oxlint-disable-next-line react/no-array-index-key
        <Step key={index} step={step} />
      ))}
    </ol>
  )
}
