import { Button } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import { lazyPart } from '../../app/lazy-page.tsx'
import classes from './items.module.css'

const Preview = lazyPart('editor', () => import('./edit/preview.tsx'))

/** Both texts of a conflict as visitors would read them, beside each other. */
export function ConflictPreviews({ wordpress, igny8 }: { wordpress: string; igny8: string }): ReactNode {
  const t = useTranslations('items.conflict')
  const side = useTranslations('items.side')
  const [isOpen, setOpen] = useState(false)
  return (
    <div>
      <Button
        size="compact-sm"
        variant="subtle"
        aria-expanded={isOpen}
        leftSection={<IconEye size={16} aria-hidden />}
        onClick={() => setOpen(!isOpen)}
      >
        {t(isOpen ? 'hideRendered' : 'showRendered')}
      </Button>
      {isOpen && (
        <Suspense>
          <div className={classes.previews}>
            <figure>
              <figcaption>{side('wordpress')}</figcaption>
              <Preview title="" body={wordpress} label={t('rendered', { side: side('wordpress') })} />
            </figure>
            <figure>
              <figcaption>{side('igny8')}</figcaption>
              <Preview title="" body={igny8} label={t('rendered', { side: side('igny8') })} />
            </figure>
          </div>
        </Suspense>
      )}
    </div>
  )
}
