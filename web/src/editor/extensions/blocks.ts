import { Blockquote } from '@tiptap/extension-blockquote'
import { ListItem } from '@tiptap/extension-list'
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table'
import { Node } from '@tiptap/core'

/** WordPress has nothing but lists inside of list items. */
export const Item = ListItem.extend({ content: 'paragraph (bulletList | orderedList)*' })

export const Quote = Blockquote.extend({
  content: '(paragraph | heading | bulletList | orderedList)+ quoteSource?',
})

/** Whom a quote is from. */
export const QuoteSource = Node.create({
  name: 'quoteSource',
  content: 'inline*',
  defining: true,
  parseHTML: () => [{ tag: 'blockquote > cite' }],
  renderHTML: () => ['cite', { 'data-quote-source': '' }, 0],
})

export const Tables = [
  Table.configure({ resizable: false }),
  TableRow,
  TableCell.extend({ content: 'paragraph' }),
  TableHeader.extend({ content: 'paragraph' }),
]
