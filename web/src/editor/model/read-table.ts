import { attributesOf, isBlank, isElement } from './html.ts'
import { readInline } from './inline.ts'
import { type BlockAttributes, type NodeJson, type TagAttributes, unsupported } from './types.ts'

export type Section = 'head' | 'body' | 'foot'
const SECTIONS: Readonly<Record<string, Section>> = { THEAD: 'head', TBODY: 'body', TFOOT: 'foot' }

/** What surrounds the rows of a table. */
export interface TableShell {
  block: BlockAttributes
  /** Attributes of the figure round it; null without one, as in classic text. */
  figure: TagAttributes | null
  table: TagAttributes
  /** HTML of the caption with its element; empty without one. */
  caption: string
}

const childrenOf = (element: Element): Element[] =>
  [...element.childNodes]
    .filter((node) => !isBlank(node))
    .map((node) => (isElement(node) ? node : unsupported('text in a table')))

const spanOf = (cell: Element, name: string) => Number(cell.getAttribute(name) ?? 1) || 1

function readCell(cell: Element): NodeJson {
  const type = { TH: 'tableHeader', TD: 'tableCell' }[cell.tagName] ?? unsupported(cell.tagName)
  const tag = attributesOf(cell, ['colspan', 'rowspan'])
  const attrs = { colspan: spanOf(cell, 'colspan'), rowspan: spanOf(cell, 'rowspan'), shell: { block: {}, tag } }
  return { type, attrs, content: [{ type: 'paragraph', content: readInline([...cell.childNodes]) }] }
}

function readSection(element: Element): NodeJson[] {
  const section = SECTIONS[element.tagName] ?? unsupported(element.tagName)
  if (element.attributes.length > 0) return unsupported('attributes of a section')
  return childrenOf(element).map((row) => {
    if (row.tagName !== 'TR' || row.attributes.length > 0 || row.children.length === 0) return unsupported(row.tagName)
    return { type: 'tableRow', attrs: { section }, content: childrenOf(row).map(readCell) }
  })
}

function captionOf(caption: Element | undefined): string {
  if (!caption) return ''
  return caption.tagName === 'FIGCAPTION' ? caption.outerHTML : unsupported(caption.tagName)
}

/** @throws UnsupportedError if the table has parts that the editor doesn't know */
export function readTable(element: Element, block: BlockAttributes): NodeJson {
  const isFigure = element.tagName === 'FIGURE'
  const [table, caption, ...more] = isFigure ? childrenOf(element) : [element]
  if (table?.tagName !== 'TABLE' || more.length > 0) return unsupported('a figure without a table')
  const shell: TableShell = {
    block,
    figure: isFigure ? attributesOf(element) : null,
    table: attributesOf(table),
    caption: captionOf(caption),
  }
  const content = childrenOf(table).flatMap(readSection)
  if (content.length === 0) return unsupported('an empty table')
  return { type: 'table', attrs: { shell }, content }
}
