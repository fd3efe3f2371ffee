import { Button } from '@mantine/core'
import { IconPlayerStop } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'

const loadDialog = () => import('./cancel-run-dialog.tsx')
const CancelRunDialog = lazy(loadDialog)

/** Ends a run, after a question that is loaded when somebody reaches for it. */
export function CancelRunButton(props: { integrationId: string; runId: string }): ReactNode {
  const t = useTranslations('activity.run')
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onPointerEnter={() => void loadDialog()}
        onFocus={() => void loadDialog()}
        onClick={() => setAsking(true)}
      >
        {t('cancel')}
      </Button>
      {isAsking && (
        <Suspense>
          <CancelRunDialog {...props} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </>
  )
}
