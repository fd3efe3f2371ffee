import { useComputedColorScheme } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslations } from 'use-intl'
import classes from './edit.module.css'
import { previewDocument } from './preview-document.ts'

/**
 * A body as visitors read it, in a frame of its own: without scripts, without forms, and without a way to the page
 * round it.
 */
export default function Preview({ title, body, label }: { title: string; body: string; label?: string }): ReactNode {
  const t = useTranslations('editor.preview')
  const scheme = useComputedColorScheme('light')
  const document = useMemo(() => previewDocument({ title, body, scheme }), [title, body, scheme])
  return (
    <iframe
      className={classes.preview}
      title={label ?? t('frame')}
      sandbox=""
      srcDoc={document}
      referrerPolicy="no-referrer"
    />
  )
}
