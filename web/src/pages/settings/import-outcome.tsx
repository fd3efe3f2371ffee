import { Alert, Button, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { ImportCode, SiteImport } from '../../api/types.ts'

const Refusals = lazy(() => import('./import-refusals.tsx'))

/** What is left out of every file: it is counted, and no reason to look. */
const COUNTED = new Set<ImportCode>(['comes_from_site', 'is_record'])
const EXPECTED = new Set<ImportCode>([...COUNTED, 'settings_not_chosen'])

/** What became of an import: how many items, and what was left out, by the reason. */
export function ImportOutcome({ found }: { found: SiteImport }): ReactNode {
  const t = useTranslations('settings.import')
  const reason = useTranslations('settings.import.reason')
  const format = useFormatter()
  const [isOpen, setOpen] = useState(false)
  const { refused, ...counts } = found.counts
  const reasons = Object.entries(refused) as [ImportCode, number][]
  const isClean = reasons.every(([code]) => EXPECTED.has(code))
  const hasLines = reasons.some(([code]) => !COUNTED.has(code))
  const title = t(isClean ? 'done' : 'doneWithRefusals')
  return (
    <Alert
      color={isClean ? 'green' : 'yellow'}
      variant="light"
      icon={isClean ? <IconCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
      aria-label={title}
    >
      <Stack gap="xs" align="flex-start">
        {/* the alert's own title would be too pale */}
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Text size="sm">{t('counts', counts)}</Text>
        {!found.is_same_site && counts.created > 0 && <Text size="sm">{t('unlinked')}</Text>}
        {reasons.length > 0 && (
          <>
            <Text size="sm">{t('refused')}</Text>
            <List size="sm">
              {reasons.map(([code, count]) => (
                <List.Item key={code}>
                  {format.number(count)} · {reason(code)}
                </List.Item>
              ))}
            </List>
            {hasLines && !isOpen && (
              <Button size="xs" variant="default" onClick={() => setOpen(true)}>
                {t('show')}
              </Button>
            )}
            {isOpen && (
              <Suspense>
                <Refusals found={found} />
              </Suspense>
            )}
          </>
        )}
      </Stack>
    </Alert>
  )
}
