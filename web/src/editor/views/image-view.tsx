import { Button, Group, TextInput } from '@mantine/core'
import { IconPhotoOff, IconTrash } from '@tabler/icons-react'
import { NodeViewWrapper, type ReactNodeViewProps } from '@tiptap/react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { escapeText, isImageAddress, parseHtml } from '../model/html.ts'
import classes from '../editor.module.css'

interface Attributes {
  src: string
  alt: string
  caption: string
}

/** An image with its alternative text and caption. A caption with markup is kept as it is. */
export function ImageView({ node, updateAttributes, deleteNode, editor, selected }: ReactNodeViewProps): ReactNode {
  const t = useTranslations('editor.image')
  const { src, alt, caption } = node.attrs as Attributes
  const [broken, setBroken] = useState<string | null>(null)
  const text = parseHtml(caption)
  const isPlain = text.children.length === 0
  return (
    <NodeViewWrapper className={classes.image} data-block="core/image" data-selected={selected} contentEditable={false}>
      <div data-drag-handle>
        {isImageAddress(src) && broken !== src ? (
          <img src={src} alt={alt} onError={() => setBroken(src)} referrerPolicy="no-referrer" loading="lazy" />
        ) : (
          <div className={classes.missing}>
            <IconPhotoOff aria-hidden />
            <span>{t('notFound')}</span>
            <code>{src.slice(0, 200)}</code>
          </div>
        )}
      </div>
      <Group align="flex-end" grow gap="sm" mt="xs" preventGrowOverflow={false}>
        <TextInput
          size="xs"
          miw={180}
          label={t('alt')}
          placeholder={t('altHint')}
          value={alt}
          onChange={(event) => updateAttributes({ alt: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          miw={180}
          label={t('caption')}
          value={text.textContent ?? ''}
          readOnly={!isPlain}
          {...(!isPlain && { title: t('captionFormatted') })}
          onChange={(event) => updateAttributes({ caption: escapeText(event.currentTarget.value) })}
        />
        <Button
          size="xs"
          variant="default"
          flex="0 0 auto"
          aria-label={t('remove')}
          onClick={() => {
            deleteNode()
            editor.commands.focus()
          }}
        >
          <IconTrash size={14} aria-hidden />
        </Button>
      </Group>
    </NodeViewWrapper>
  )
}
