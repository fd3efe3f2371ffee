import { Button, Group, Text, Textarea } from '@mantine/core'
import { IconLock, IconTrash } from '@tabler/icons-react'
import { NodeViewWrapper, type ReactNodeViewProps } from '@tiptap/react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { parseHtml } from '../model/html.ts'
import classes from '../editor.module.css'

const EXCERPT_CHARACTERS = 160

/** Visible text of some HTML, without what never is text. */
function textOf(source: string): string {
  const body = parseHtml(source)
  for (const element of body.querySelectorAll('script, style, template, noscript, iframe')) element.remove()
  return (body.textContent ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, EXCERPT_CHARACTERS)
}

const words = (slug: string) => slug.replaceAll(/[-_]+/g, ' ')

/** `core/media-text` → “media text”; `acme/price-table` → “price table (acme)”. */
function titleOf(name: string): string {
  const [space = '', slug = ''] = name.split('/')
  return space === 'core' ? words(slug) : `${words(slug)} (${space})`
}

/** A block that the editor keeps as it is. Its HTML can be changed by those who know it. */
export function CardView({ node, updateAttributes, deleteNode, editor }: ReactNodeViewProps): ReactNode {
  const t = useTranslations('editor.card')
  const { name, source } = node.attrs as { name: string | null; source: string }
  const [isOpen, setOpen] = useState(false)
  const title = name === null ? t('html') : t('block', { name: titleOf(name) })
  const excerpt = textOf(source)
  return (
    <NodeViewWrapper className={classes.card} data-block={name ?? 'html'} contentEditable={false}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <Group gap="xs" wrap="nowrap" data-drag-handle>
          <IconLock size={16} aria-hidden style={{ flexShrink: 0 }} />
          <Text size="sm" fw={600}>
            {title}
          </Text>
        </Group>
        <Group gap={4} wrap="nowrap">
          <Button size="compact-xs" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t(isOpen ? 'closeHtml' : 'editHtml')}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('remove', { title })}
            onClick={() => {
              deleteNode()
              editor.commands.focus()
            }}
          >
            <IconTrash size={14} aria-hidden />
          </Button>
        </Group>
      </Group>
      {isOpen ? (
        <Textarea
          mt="xs"
          rows={8}
          aria-label={t('source', { title })}
          value={source}
          onChange={(event) => updateAttributes({ source: event.currentTarget.value })}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        />
      ) : (
        <Text size="sm" c="dimmed" lineClamp={2}>
          {excerpt || t('noText')}
        </Text>
      )}
    </NodeViewWrapper>
  )
}
