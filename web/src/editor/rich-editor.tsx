import { Alert, Text } from '@mantine/core'
import { EditorContent, type EditorOptions, useEditor } from '@tiptap/react'
import { memo, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import classes from './editor.module.css'
import { extensions } from './extensions/index.ts'
import { bodyOf, type LoadedBody, loadBody } from './load.ts'
import { isHarmlessLink } from './model/html.ts'
import { cleanPaste } from './paste.ts'
import { Toolbar } from './toolbar.tsx'

interface RichEditorProps {
  siteId: string
  body: string
  onChange: (body: string) => void
  /** The API's error about the body. */
  error: string | undefined
}

const ADDRESS = /^https?:\/\/\S+$/i

/** How the text is announced, and what becomes of what is pasted into it. */
const editorProps = (label: string, onDropped: (images: number) => void): EditorOptions['editorProps'] => ({
  attributes: {
    'aria-label': label,
    'aria-multiline': 'true',
    'aria-describedby': 'editor-help',
    role: 'textbox',
    class: classes.content ?? '',
  },
  transformPastedHTML: (html) => {
    const { html: cleaned, droppedImages } = cleanPaste(html)
    onDropped(droppedImages)
    return cleaned
  },
  handleKeyDown: ({ dom }, event) => {
    if (event.key !== 'F10' || !event.altKey) return false
    dom.closest('[data-editor]')?.querySelector<HTMLElement>('[role=toolbar] select')?.focus()
    return true
  },
  handlePaste: (view, event) => {
    const text = event.clipboardData?.getData('text/plain').trim() ?? ''
    const { empty, from, to } = view.state.selection
    const link = view.state.schema.marks['link']
    // an address that is pasted over a text becomes its link
    if (empty || !link || !ADDRESS.test(text) || !isHarmlessLink(text)) return false
    view.dispatch(view.state.tr.addMark(from, to, link.create({ href: text })))
    return true
  },
})

/**
 * The editor of a body. It takes a body once, and again when another one comes from outside; what it writes is the same
 * body, with only the changed blocks written anew.
 */
function RichEditor({ siteId, body, onChange, error }: RichEditorProps): ReactNode {
  const t = useTranslations('editor')
  const loaded = useRef<LoadedBody | null>(null)
  /** The last body that came from outside or went there. */
  const known = useRef<string | null>(null)
  const latest = useRef(onChange)
  const [dropped, setDropped] = useState(0)
  useEffect(() => {
    latest.current = onChange
  })
  const editor = useEditor({
    extensions: extensions(t('placeholder')),
    immediatelyRender: true,
    shouldRerenderOnTransaction: false,
    editorProps: editorProps(t('body'), setDropped),
    onCreate: ({ editor: created }) => take(created, body),
    onUpdate: ({ editor: updated }) => {
      if (!loaded.current) return
      const written = bodyOf(updated.state.doc, loaded.current)
      if (written === known.current) return
      known.current = written
      latest.current(written)
    },
  })
  function take(into: NonNullable<typeof editor>, next: string) {
    known.current = next
    loaded.current = loadBody(into.schema, next)
    const { content } = loaded.current
    const document = { type: 'doc', content: content.length > 0 ? content : [{ type: 'paragraph' }] }
    // what is loaded can't be undone
    into.chain().setMeta('addToHistory', false).setContent(document, { emitUpdate: false }).setTextSelection(0).run()
  }
  useEffect(() => {
    if (editor.isInitialized && body !== known.current) take(editor, body)
  })
  return (
    <div className={classes.editor} data-editor data-error={error !== undefined}>
      <Toolbar editor={editor} siteId={siteId} />
      {dropped > 0 && (
        <Alert color="yellow" withCloseButton closeButtonLabel={t('close')} onClose={() => setDropped(0)}>
          {t('droppedImages', { count: dropped })}
        </Alert>
      )}
      <EditorContent editor={editor} />
      <Text id="editor-help" size="xs" c="dimmed" className={classes.help}>
        {t('help')}
      </Text>
      {error !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)" className={classes.help} role="alert">
          {error}
        </Text>
      )}
    </div>
  )
}

/** Not rendered again while somebody types elsewhere in the form. */
export default memo(RichEditor)
