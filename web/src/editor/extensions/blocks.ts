import { Blockquote } from '@tiptap/extension-blockquote'
import { ListItem } from '@tiptap/extension-list'
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table'
import { Node } from '@tiptap/core'

/** WordPress has nothing but lists inside of list items. */
export const Item = ListItem.extend({ content: 'paragraph (bulletList | orderedList)*' })

export const Quote = Blockquote.extend({
  content: '(paragraph | heading | bulletList | orderedList)+ quoteSource?',
})

/** Whom a quote is from. Its required attribute keeps Enter from making one. */
export const QuoteSource = Node.create({
  name: 'quoteSource',
  content: 'inline*',
  defining: true,
  addAttributes: () => ({ kind: { isRequired: true, rendered: false } }),
  parseHTML: () => [{ tag: 'blockquote > cite', getAttrs: () => ({ kind: 'cite' }) }],
  renderHTML: () => ['cite', { 'data-quote-source': '' }, 0],
  addKeyboardShortcuts() {
    return {
      // nothing can follow it in the quote
      Enter: () => {
        const { $from } = this.editor.state.selection
        if ($from.parent.type !== this.type) return false
        const end = $from.after($from.depth - 1)
        return this.editor
          .chain()
          .insertContentAt(end, { type: 'paragraph' })
          .setTextSelection(end + 1)
          .run()
      },
    }
  },
})

export const Tables = [
  Table.configure({ resizable: false }),
  TableRow,
  TableCell.extend({ content: 'paragraph' }),
  TableHeader.extend({ content: 'paragraph' }),
]
