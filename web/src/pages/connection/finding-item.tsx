import { List, Text } from '@mantine/core'
import { IconAlertOctagon, IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import type { CSSProperties, ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Finding } from '../../api/types.ts'
import { useProblemText } from '../../components/use-problem-text.ts'
import classes from './connection.module.css'

const ICON_PX = 20
const ICONS = {
  ok: { tone: 'var(--app-good)', Icon: IconCircleCheck },
  info: { tone: 'var(--app-idle)', Icon: IconInfoCircle },
  warning: { tone: 'var(--app-warn)', Icon: IconAlertTriangle },
  error: { tone: 'var(--app-bad)', Icon: IconAlertOctagon },
} as const

/** One finding of the doctor: layer, problem, evidence and fix. */
export function FindingItem({ finding }: { finding: Finding }): ReactNode {
  const t = useTranslations('connection.doctor')
  const textOf = useProblemText()
  const { layer, severity, evidence } = finding
  const { title, detail, detailLanguage, fix } = textOf(finding)
  const { tone, Icon } = ICONS[severity]
  return (
    <li
      className={classes.finding}
      style={{ '--tone': tone } as CSSProperties}
      data-finding={finding.code}
      data-severity={severity}
    >
      <Icon size={ICON_PX} color={tone} aria-hidden />
      <div>
        <Text size="xs" c="dimmed">
          {t(`severity.${severity}`)} · {t(`layer.${layer}`)}
        </Text>
        <Text fw={650}>{title}</Text>
        {detail && (
          <Text size="sm" lang={detailLanguage} mt={2}>
            {detail}
          </Text>
        )}
        {fix && (
          <Text size="sm" mt={6}>
            <strong>{t('fix')}:</strong> {fix}
          </Text>
        )}
        {evidence.length > 0 && (
          <details style={{ marginTop: 8 }}>
            <summary className={classes.summary}>{t('seen')}</summary>
            <List size="sm" mt={6} lang="en">
              {[...new Set(evidence)].map((line) => (
                <List.Item key={line}>{line}</List.Item>
              ))}
            </List>
          </details>
        )}
      </div>
    </li>
  )
}
