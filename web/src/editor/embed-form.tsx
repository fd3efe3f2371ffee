import { TextInput } from '@mantine/core'
import type { Editor } from '@tiptap/react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useFirstFocus } from '../components/use-first-focus.ts'
import { SmallForm } from './small-form.tsx'

/** Embeds what is at an address: a video, a post, a map. WordPress asks its provider how to show it. */
export function EmbedForm({ editor, onDone }: { editor: Editor; onDone: () => void }): ReactNode {
  const t = useTranslations('editor.embed')
  const [url, setUrl] = useState('')
  const first = useFirstFocus()
  const isReady = /^https?:\/\/[^\s<>"]+$/i.test(url.trim())
  const insert = () => {
    editor
      .chain()
      .focus()
      .insertContent({ type: 'embed', attrs: { url: url.trim() } })
      .run()
    onDone()
  }
  return (
    <SmallForm label={t('label')} submit={t('insert')} isReady={isReady} onSubmit={insert} onCancel={onDone}>
      <TextInput
        ref={first}
        label={t('address')}
        description={t('hint')}
        placeholder="https://"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
    </SmallForm>
  )
}
