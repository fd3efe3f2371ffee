import { SimpleGrid, TextInput } from '@mantine/core'
import type { Editor } from '@tiptap/react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { ImageLibrary } from '../components/image-library.tsx'
import { useFirstFocus } from '../components/use-first-focus.ts'
import { SmallForm } from './small-form.tsx'

const WEB = /^https?:\/\/\S+$/i

/** Inserts an image by its address, or one that the site has already. */
export function ImageForm({
  editor,
  siteId,
  onDone,
}: {
  editor: Editor
  siteId: string
  onDone: () => void
}): ReactNode {
  const t = useTranslations('editor.image')
  const [src, setSrc] = useState('')
  const [alt, setAlt] = useState('')
  const first = useFirstFocus()
  const isReady = WEB.test(src.trim())
  const insert = () => {
    editor
      .chain()
      .focus()
      .insertContent({ type: 'image', attrs: { src: src.trim(), alt } })
      .run()
    onDone()
  }
  const isWrong = src.trim() !== '' && !isReady
  return (
    <SmallForm label={t('label')} submit={t('insert')} isReady={isReady} onSubmit={insert} onCancel={onDone}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput
          ref={first}
          label={t('address')}
          placeholder="https://"
          value={src}
          error={isWrong && t('addressWrong')}
          onChange={(event) => setSrc(event.currentTarget.value)}
        />
        <TextInput
          label={t('alt')}
          placeholder={t('altHint')}
          value={alt}
          onChange={(event) => setAlt(event.currentTarget.value)}
        />
      </SimpleGrid>
      <ImageLibrary
        siteId={siteId}
        chosen={src}
        onChoose={(image) => {
          setSrc(image.url)
          setAlt(image.alt)
        }}
      />
    </SmallForm>
  )
}
