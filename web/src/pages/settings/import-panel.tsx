import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Site, SiteImport } from '../../api/types.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useApplyImport, useDropImport, useImport, useStartImport } from '../../queries/imports.ts'
import { ImportForm } from './import-form.tsx'
import { ImportOutcome } from './import-outcome.tsx'
import { ProgressBar } from './progress-bar.tsx'

/** A file that was not sent to its end, or not carried out. */
function Unfinished({ found }: { found: SiteImport }): ReactNode {
  const t = useTranslations('settings.import')
  const [apply, drop] = [useApplyImport(found.site_id), useDropImport(found.site_id)]
  const error = apply.error ?? drop.error
  return (
    <Stack gap="sm">
      {error && <ErrorState error={error} />}
      <Text size="sm">{t(found.state === 'whole' ? 'whole' : 'receiving')}</Text>
      <Group>
        {found.state === 'whole' && (
          <Button loading={apply.isPending} onClick={() => apply.mutate(found)}>
            {t('apply')}
          </Button>
        )}
        <Button variant="default" loading={drop.isPending} onClick={() => drop.mutate()}>
          {t('drop')}
        </Button>
      </Group>
    </Stack>
  )
}

/** Takes the export of a site in, with its progress and what became of it. */
export function ImportPanel({ site }: { site: Site }): ReactNode {
  const t = useTranslations('settings.import')
  const { data: found, error, isPending, refetch } = useImport(site.id)
  const { start, bytes } = useStartImport(site.id)
  const [size, setSize] = useState(0)
  const isUnfinished = found?.state === 'receiving' || found?.state === 'whole'
  const isUnderWay = start.isPending || found?.state === 'applying'
  return (
    <Panel heading={t('heading')} text={t('text')}>
      {isPending && <Skeleton height={120} />}
      {error && found === undefined && <ErrorState error={error} onRetry={() => void refetch()} />}
      {start.error && <ErrorState error={start.error} />}
      {start.isPending && <ProgressBar label={t('sending')} done={bytes} total={size} />}
      {!start.isPending && found?.state === 'applying' && (
        <ProgressBar label={t('applying')} done={found.lines_done} total={found.lines} />
      )}
      {!start.isPending && isUnfinished && <Unfinished found={found} />}
      {!isUnderWay && found?.state === 'done' && <ImportOutcome found={found} />}
      {!isPending && !isUnderWay && (
        <ImportForm
          onStart={(file, options) => {
            setSize(file.size)
            start.mutate({ file, options })
          }}
        />
      )}
    </Panel>
  )
}
