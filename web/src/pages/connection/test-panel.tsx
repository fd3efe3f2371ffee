import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Integration, TestResult } from '../../api/types.ts'
import { ErrorState } from '../../components/states.tsx'
import { useProblemText } from '../../components/use-problem-text.ts'
import { useTestConnection } from '../../queries/integration.ts'
import { EvidenceList } from './evidence-list.tsx'
import { Folded, Panel } from '../../components/panel.tsx'

const INDENT = 2

function Result({ result }: { result: TestResult }): ReactNode {
  const t = useTranslations('connection.test')
  const textOf = useProblemText()
  const { success, evidence } = result
  const words = textOf({ code: result.code, detail: result.detail, fix: result.fix })
  return (
    <Stack>
      <Alert
        color={success ? 'green' : 'red'}
        variant="light"
        styles={{ title: { color: 'var(--mantine-color-text)' } }}
        icon={success ? <IconCircleCheck aria-hidden /> : <IconPlugConnectedX aria-hidden />}
        title={success ? t('success') : t('failure')}
        data-test-result={result.code}
      >
        <Stack gap="xs">
          {!success && words.title !== result.code && <Text size="sm">{words.title}</Text>}
          <Text size="sm" lang={words.detailLanguage}>
            {words.detail}
          </Text>
          {words.fix && (
            <Text size="sm" fw={550}>
              {words.fix}
            </Text>
          )}
        </Stack>
      </Alert>
      <Text size="sm" fw={550}>
        {t('evidence')}
      </Text>
      <EvidenceList steps={evidence} />
      <Folded summary={t('raw')} text={JSON.stringify(result, null, INDENT)} />
    </Stack>
  )
}

/** Tests the connection now and shows each step. */
export function TestPanel({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('connection.test')
  const test = useTestConnection(integration)
  return (
    <Panel
      heading={t('heading')}
      text={t('text')}
      actions={
        <Button
          variant="default"
          loading={test.isPending}
          onClick={() => test.mutate()}
          leftSection={<IconPlugConnected size={16} aria-hidden />}
        >
          {t('run')}
        </Button>
      }
    >
      {test.error && <ErrorState error={test.error} />}
      {test.data && <Result result={test.data} />}
    </Panel>
  )
}
