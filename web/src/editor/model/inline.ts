/** Reads and writes the content of a paragraph: text with marks. What has no mark of its own is kept as it is. */
import { attributesOf, attributesText, escapeText, isElement } from './html.ts'
import { type MarkJson, type NodeJson, type TagAttributes, unsupported } from './types.ts'

const MARKS: Readonly<Record<string, string>> = { STRONG: 'bold', EM: 'italic', CODE: 'code', S: 'strike' }
const TAGS: Readonly<Record<string, string>> = { bold: 'strong', italic: 'em', code: 'code', strike: 's' }

/** Elements with text that are kept with their attributes. */
const KEPT = new Set(
  'ABBR B BDI BDO CITE DATA DEL DFN FONT I INS KBD MARK Q SAMP SMALL SPAN STRONG EM CODE S SUB SUP TIME U VAR'.split(
    ' ',
  ),
)
/** Elements that are kept as a whole. */
const WHOLE = new Set('IMG SVG MATH WBR OBJECT VIDEO AUDIO PICTURE BUTTON INPUT RUBY'.split(' '))

interface Reading {
  /** Number of the next kept element, so that two of them beside each other stay two. */
  next: number
  /** Whether line breaks of the source are text: they are only in preformatted text. */
  isPre: boolean
}

/** A text with these marks. */
export const textNode = (text: string, marks: readonly MarkJson[]): NodeJson => ({
  type: 'text',
  text,
  ...(marks.length > 0 && { marks: [...marks] }),
})

function markOf(element: Element, reading: Reading): MarkJson {
  const tag = element.tagName
  const mark = MARKS[tag]
  if (mark !== undefined && element.attributes.length === 0) return { type: mark }
  if (tag === 'A' && element.hasAttribute('href')) {
    return { type: 'link', attrs: { href: element.getAttribute('href'), others: attributesOf(element, ['href']) } }
  }
  if (!KEPT.has(tag) && tag !== 'A') return unsupported(tag)
  return { type: 'kept', attrs: { tag: tag.toLowerCase(), attributes: attributesOf(element), n: reading.next++ } }
}

function readNode(node: ChildNode, marks: readonly MarkJson[], reading: Reading): NodeJson[] {
  if (node.nodeType === Node.TEXT_NODE) {
    const text = reading.isPre ? (node.textContent ?? '') : (node.textContent ?? '').replaceAll(/[\t\n\r ]+/g, ' ')
    return text === '' ? [] : [textNode(text, marks)]
  }
  if (!isElement(node)) return unsupported('a comment')
  const tag = node.tagName.toUpperCase()
  const own = marks.length > 0 ? { marks: [...marks] } : {}
  if (tag === 'BR' && node.attributes.length === 0) return [{ type: 'hardBreak', ...own }]
  if (WHOLE.has(tag)) return [{ type: 'keptInline', attrs: { html: node.outerHTML }, ...own }]
  const mark = markOf(node, reading)
  if (mark.type !== 'kept' && marks.some(({ type }) => type === mark.type)) return unsupported(`${tag} in itself`)
  // an element without text has nothing that could carry its mark
  if (node.childNodes.length === 0) return [{ type: 'keptInline', attrs: { html: node.outerHTML }, ...own }]
  return [...node.childNodes].flatMap((child) => readNode(child, [...marks, mark], reading))
}

/** @throws UnsupportedError if there is more than text and marks */
export function readInline(nodes: readonly ChildNode[], { isPre = false } = {}): NodeJson[] {
  const reading = { next: 0, isPre }
  return nodes.flatMap((node) => readNode(node, [], reading))
}

const isSame = (left: MarkJson | undefined, right: MarkJson) => JSON.stringify(left) === JSON.stringify(right)

function opening({ type, attrs = {} }: MarkJson): string {
  const tag = TAGS[type]
  if (tag !== undefined) return `<${tag}>`
  if (type === 'link') {
    const others = (attrs['others'] ?? []) as TagAttributes
    return `<a${attributesText([['href', String(attrs['href'])], ...others])}>`
  }
  return `<${String(attrs['tag'])}${attributesText((attrs['attributes'] ?? []) as TagAttributes)}>`
}

const closing = ({ type, attrs = {} }: MarkJson): string =>
  `</${TAGS[type] ?? (type === 'link' ? 'a' : String(attrs['tag']))}>`

function contentOf({ type, text = '', attrs = {} }: NodeJson): string {
  if (type === 'hardBreak') return '<br>'
  return type === 'keptInline' ? String(attrs['html']) : escapeText(text)
}

/** The HTML of a paragraph's content. */
export function writeInline(nodes: readonly NodeJson[] = []): string {
  let html = ''
  let open: MarkJson[] = []
  const closeFrom = (depth: number) => {
    html += open.slice(depth).toReversed().map(closing).join('')
    open = open.slice(0, depth)
  }
  for (const node of nodes) {
    const marks = node.marks ?? []
    const shared = marks.findIndex((mark, index) => !isSame(open[index], mark))
    const depth = shared === -1 ? marks.length : shared
    closeFrom(depth)
    for (const mark of marks.slice(depth)) {
      html += opening(mark)
      open = [...open, mark]
    }
    html += contentOf(node)
  }
  closeFrom(0)
  return html
}
