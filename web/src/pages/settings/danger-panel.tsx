import { Button } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Site } from '../../api/types.ts'
import { Panel } from '../../components/panel.tsx'

const DeleteDialog = lazy(() => import('./delete-dialog.tsx'))

/** Deletes the site after a confirmation that can't be given by accident. */
export function DangerPanel({ site }: { site: Site }): ReactNode {
  const t = useTranslations('settings.danger')
  const [isAsking, setAsking] = useState(false)
  return (
    <Panel
      heading={t('heading')}
      text={t('text')}
      actions={
        <Button color="red.9" onClick={() => setAsking(true)}>
          {t('button')}
        </Button>
      }
    >
      {isAsking && (
        <Suspense>
          <DeleteDialog site={site} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </Panel>
  )
}
