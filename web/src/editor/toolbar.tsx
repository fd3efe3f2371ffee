import { ActionIcon, Group, NativeSelect } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBlockquote,
  IconBold,
  IconBrandYoutube,
  IconCode,
  IconItalic,
  IconLink,
  IconList,
  IconListNumbers,
  IconPhoto,
  IconSeparatorHorizontal,
  IconSourceCode,
  IconStrikethrough,
  IconTable,
} from '@tabler/icons-react'
import { type Editor, useEditorState } from '@tiptap/react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import classes from './editor.module.css'
import { EmbedForm } from './embed-form.tsx'
import { ImageForm } from './image-form.tsx'
import { LinkForm } from './link-form.tsx'
import { TableBar } from './table-bar.tsx'

type Form = 'link' | 'image' | 'embed'
type Name = 'bold' | 'italic' | 'strike' | 'code' | 'bulletList' | 'orderedList' | 'blockquote' | 'codeBlock'

interface Tool {
  name: Name
  icon: typeof IconBold
  run: (editor: Editor) => void
}

const MARKS: readonly Tool[] = [
  { name: 'bold', icon: IconBold, run: (editor) => editor.chain().focus().toggleBold().run() },
  { name: 'italic', icon: IconItalic, run: (editor) => editor.chain().focus().toggleItalic().run() },
  { name: 'strike', icon: IconStrikethrough, run: (editor) => editor.chain().focus().toggleStrike().run() },
  { name: 'code', icon: IconCode, run: (editor) => editor.chain().focus().toggleCode().run() },
]
const BLOCKS: readonly Tool[] = [
  { name: 'bulletList', icon: IconList, run: (editor) => editor.chain().focus().toggleBulletList().run() },
  { name: 'orderedList', icon: IconListNumbers, run: (editor) => editor.chain().focus().toggleOrderedList().run() },
  { name: 'blockquote', icon: IconBlockquote, run: (editor) => editor.chain().focus().toggleBlockquote().run() },
  { name: 'codeBlock', icon: IconSourceCode, run: (editor) => editor.chain().focus().toggleCodeBlock().run() },
]
const LEVELS = [2, 3, 4, 5, 6, 1] as const

/** What is active where the cursor stands. */
function useActive(editor: Editor) {
  return useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      tools: [...MARKS, ...BLOCKS].filter(({ name }) => now.isActive(name)).map(({ name }) => name),
      isLink: now.isActive('link'),
      isTable: now.isActive('table'),
      level: LEVELS.find((level) => now.isActive('heading', { level })) ?? 0,
      canUndo: now.can().undo(),
      canRedo: now.can().redo(),
    }),
  })
}

interface ToolButtonProps {
  label: string
  icon: typeof IconBold
  onClick: () => void
  isPressed?: boolean
  isDisabled?: boolean
}

function ToolButton({ label, icon: Icon, onClick, isPressed, isDisabled = false }: ToolButtonProps): ReactNode {
  return (
    <ActionIcon
      variant={isPressed ? 'filled' : 'subtle'}
      color={isPressed ? 'ink' : 'gray'}
      size="lg"
      aria-label={label}
      title={label}
      {...(isPressed !== undefined && { 'aria-pressed': isPressed })}
      disabled={isDisabled}
      // keeps the selection in the text
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClick}
    >
      <Icon size={18} aria-hidden />
    </ActionIcon>
  )
}

function LevelChoice({ editor, level }: { editor: Editor; level: number }): ReactNode {
  const t = useTranslations('editor.tool')
  const choose = (value: string) => {
    const chosen = LEVELS.find((known) => String(known) === value)
    const chain = editor.chain().focus()
    if (chosen) chain.setHeading({ level: chosen }).run()
    else chain.setParagraph().run()
  }
  return (
    <NativeSelect
      size="xs"
      w={132}
      aria-label={t('style')}
      value={String(level)}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[
        { value: '0', label: t('paragraph') },
        ...LEVELS.filter((known) => known !== 1 || level === 1).map((known) => ({
          value: String(known),
          label: t('heading', { level: known }),
        })),
      ]}
    />
  )
}

/** The buttons above the text, and the forms that they open below themselves. */
export function Toolbar({ editor, siteId }: { editor: Editor; siteId: string }): ReactNode {
  const t = useTranslations('editor.tool')
  const active = useActive(editor)
  const [form, setForm] = useState<Form | null>(null)
  const toggle = (name: Form) => () => setForm(form === name ? null : name)
  const close = () => {
    setForm(null)
    editor.commands.focus()
  }
  const buttons = (tools: readonly Tool[]) =>
    tools.map(({ name, icon, run }) => (
      <ToolButton
        key={name}
        label={t(name)}
        icon={icon}
        isPressed={active.tools.includes(name)}
        onClick={() => run(editor)}
      />
    ))
  return (
    <div className={classes.bar}>
      <Group gap={2} role="toolbar" aria-label={t('label')} className={classes.tools}>
        <LevelChoice editor={editor} level={active.level} />
        {buttons(MARKS)}
        <ToolButton
          label={t('link')}
          icon={IconLink}
          isPressed={active.isLink || form === 'link'}
          onClick={toggle('link')}
        />
        {buttons(BLOCKS)}
        <ToolButton label={t('image')} icon={IconPhoto} isPressed={form === 'image'} onClick={toggle('image')} />
        <ToolButton
          label={t('table')}
          icon={IconTable}
          isDisabled={active.isTable}
          onClick={() => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()}
        />
        <ToolButton label={t('embed')} icon={IconBrandYoutube} isPressed={form === 'embed'} onClick={toggle('embed')} />
        <ToolButton
          label={t('separator')}
          icon={IconSeparatorHorizontal}
          onClick={() => editor.chain().focus().setHorizontalRule().run()}
        />
        <ToolButton
          label={t('undo')}
          icon={IconArrowBackUp}
          isDisabled={!active.canUndo}
          onClick={() => editor.chain().focus().undo().run()}
        />
        <ToolButton
          label={t('redo')}
          icon={IconArrowForwardUp}
          isDisabled={!active.canRedo}
          onClick={() => editor.chain().focus().redo().run()}
        />
      </Group>
      {active.isTable && <TableBar editor={editor} />}
      {form === 'link' && <LinkForm editor={editor} siteId={siteId} onDone={close} />}
      {form === 'image' && <ImageForm editor={editor} siteId={siteId} onDone={close} />}
      {form === 'embed' && <EmbedForm editor={editor} onDone={close} />}
    </div>
  )
}
