import { Button, Group } from '@mantine/core'
import type { Editor } from '@tiptap/react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from './editor.module.css'

const ACTIONS = {
  rowBelow: (editor: Editor) => editor.chain().focus().addRowAfter().run(),
  columnAfter: (editor: Editor) => editor.chain().focus().addColumnAfter().run(),
  headerRow: (editor: Editor) => editor.chain().focus().toggleHeaderRow().run(),
  deleteRow: (editor: Editor) => editor.chain().focus().deleteRow().run(),
  deleteColumn: (editor: Editor) => editor.chain().focus().deleteColumn().run(),
  deleteTable: (editor: Editor) => editor.chain().focus().deleteTable().run(),
}

/** What can be done with the table that the cursor stands in. */
export function TableBar({ editor }: { editor: Editor }): ReactNode {
  const t = useTranslations('editor.table')
  return (
    <Group gap={4} role="toolbar" aria-label={t('label')} className={classes.tools}>
      {(Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]).map((name) => (
        <Button
          key={name}
          size="compact-xs"
          variant="default"
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => ACTIONS[name](editor)}
        >
          {t(name)}
        </Button>
      ))}
    </Group>
  )
}
