import { Button, Group, Text } from '@mantine/core'
import { IconTrash, IconWorldWww } from '@tabler/icons-react'
import { NodeViewWrapper, type ReactNodeViewProps } from '@tiptap/react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from '../editor.module.css'

/** An embed by its address. WordPress shows what is there. */
export function EmbedView({ node, deleteNode, editor }: ReactNodeViewProps): ReactNode {
  const t = useTranslations('editor.embed')
  const url = String(node.attrs['url'])
  return (
    <NodeViewWrapper className={classes.card} data-block="core/embed" contentEditable={false}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Group gap="xs" wrap="nowrap" data-drag-handle>
          <IconWorldWww size={16} aria-hidden style={{ flexShrink: 0 }} />
          <Text size="sm">
            {t('title')}{' '}
            <Text span c="dimmed" size="sm">
              {url}
            </Text>
          </Text>
        </Group>
        <Button
          size="compact-xs"
          variant="default"
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
