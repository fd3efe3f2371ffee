/** Reads one piece of a body as an editable node, or says that the editor can't. */
import { parse } from '@wordpress/block-serialization-default-parser'
import { attributesOf, isBlank, isElement, onlyElement, parseHtml } from './html.ts'
import { readInline, textNode } from './inline.ts'
import { readTable } from './read-table.ts'
import { readFigure } from './read-image.ts'
import { type BlockAttributes, type NodeJson, type Piece, type Shell, unsupported } from './types.ts'

type ParsedBlock = ReturnType<typeof parse>[number]

const SLOT = 'igny8-slot'
const NO_ATTRIBUTES: BlockAttributes = {}

/** An element of a block, with the inner blocks that stand in it, in order. */
interface Source {
  element: Element
  block: BlockAttributes
  inner: ParsedBlock[]
}

function sourceOf({ innerContent, innerBlocks, attrs }: ParsedBlock): Source {
  const html = innerContent.map((part) => part ?? `<${SLOT}></${SLOT}>`).join('')
  const element = onlyElement(parseHtml(html))
  return {
    element: element ?? unsupported('more than one element'),
    block: attrs ?? NO_ATTRIBUTES,
    inner: [...innerBlocks],
  }
}

const classicSource = (element: Element): Source => ({ element, block: NO_ATTRIBUTES, inner: [] })

const shellOf = ({ element, block }: Source, without: readonly string[] = []): { shell: Shell } => ({
  shell: { block, tag: attributesOf(element, without) },
})

const isSlot = (node: Node): boolean => isElement(node) && node.localName === SLOT

function noSlots(source: Source): Source {
  return source.inner.length > 0 ? unsupported('inner blocks') : source
}

function readParagraph(source: Source): NodeJson {
  const { element } = noSlots(source)
  if (element.tagName !== 'P') return unsupported(element.tagName)
  return { type: 'paragraph', attrs: shellOf(source), content: readInline([...element.childNodes]) }
}

function readHeading(source: Source): NodeJson {
  const { element } = noSlots(source)
  const level = Number(/^H([1-6])$/.exec(element.tagName)?.[1] ?? unsupported(element.tagName))
  return { type: 'heading', attrs: { level, ...shellOf(source) }, content: readInline([...element.childNodes]) }
}

/** An inner block of its kind at a slot; the element itself in lists without inner blocks, as before WordPress 6.1. */
function innerSource(node: ChildNode, from: Source, name: string, tags: readonly string[]): Source | null {
  if (isSlot(node)) {
    const block = from.inner.shift()
    return block?.blockName === name ? sourceOf(block) : unsupported(block?.blockName ?? 'no block')
  }
  return isElement(node) && tags.includes(node.tagName) ? { ...classicSource(node), inner: from.inner } : null
}

function readListItem(source: Source): NodeJson {
  const { element } = source
  if (element.tagName !== 'LI') return unsupported(element.tagName)
  const text: ChildNode[] = []
  const lists: NodeJson[] = []
  for (const node of element.childNodes) {
    const list = innerSource(node, source, 'core/list', ['UL', 'OL'])
    if (list) lists.push(readList(list))
    else if (lists.length === 0) text.push(node)
    else if (!isBlank(node)) return unsupported('text after a list')
  }
  return {
    type: 'listItem',
    attrs: shellOf(source),
    content: [{ type: 'paragraph', content: readInline(text) }, ...lists],
  }
}

function readList(source: Source): NodeJson {
  const { element } = source
  const type = { UL: 'bulletList', OL: 'orderedList' }[element.tagName] ?? unsupported(element.tagName)
  const items = [...element.childNodes]
    .filter((node) => !isBlank(node))
    .map((node) => innerSource(node, source, 'core/list-item', ['LI']) ?? unsupported('text in a list'))
  if (items.length === 0) return unsupported('an empty list')
  return { type, attrs: shellOf(source), content: items.map((item) => readListItem(item)) }
}

const QUOTABLE: Readonly<Record<string, (source: Source) => NodeJson>> = {
  'core/paragraph': readParagraph,
  'core/heading': readHeading,
  'core/list': readList,
}

function readQuote(source: Source): NodeJson {
  const { element, inner } = source
  if (element.tagName !== 'BLOCKQUOTE') return unsupported(element.tagName)
  const content: NodeJson[] = []
  let cite: NodeJson | null = null
  for (const node of [...element.childNodes].filter((child) => !isBlank(child))) {
    if (cite) return unsupported('content after the source of a quote')
    if (isSlot(node)) {
      const block = inner.shift()
      const reads = QUOTABLE[block?.blockName ?? ''] ?? unsupported(block?.blockName ?? 'no block')
      content.push(reads(sourceOf(block as ParsedBlock)))
    } else if (isElement(node) && node.tagName === 'P') content.push(readParagraph(classicSource(node)))
    else if (isElement(node) && node.tagName === 'CITE' && node.attributes.length === 0)
      cite = { type: 'quoteSource', attrs: { kind: 'cite' }, content: readInline([...node.childNodes]) }
    else return unsupported('text in a quote')
  }
  if (content.length === 0) return unsupported('an empty quote')
  return { type: 'blockquote', attrs: shellOf(source), content: [...content, ...(cite ? [cite] : [])] }
}

function readCode(source: Source): NodeJson {
  const { element } = noSlots(source)
  const code = element.tagName === 'PRE' ? onlyElement(element) : null
  if (code?.tagName !== 'CODE' || element.childNodes.length !== 1) return unsupported('code without its element')
  const isText = [...code.childNodes].every(({ nodeType }) => nodeType === Node.TEXT_NODE)
  if (!isText || code.attributes.length > 0) return unsupported('markup in code')
  const text = code.textContent ?? ''
  return { type: 'codeBlock', attrs: shellOf(source), content: text === '' ? [] : [{ type: 'text', text }] }
}

function readSeparator(source: Source): NodeJson {
  if (source.element.tagName !== 'HR') return unsupported(source.element.tagName)
  return { type: 'horizontalRule', attrs: shellOf(source) }
}

const withShell = (read: (element: Element, block: BlockAttributes) => NodeJson) => (source: Source) => {
  const { element, block } = noSlots(source)
  return read(element, block)
}

const BLOCKS: Readonly<Record<string, (source: Source) => NodeJson>> = {
  ...QUOTABLE,
  'core/quote': readQuote,
  'core/code': readCode,
  'core/separator': readSeparator,
  'core/table': withShell(readTable),
  'core/image': withShell(readFigure),
}

function readBlock(text: string): NodeJson {
  const [block, ...more] = parse(text)
  if (!block || more.length > 0) return unsupported('more than one block')
  const read = BLOCKS[block.blockName ?? ''] ?? unsupported(block.blockName ?? 'HTML')
  return read(sourceOf(block))
}

const CLASSIC: Readonly<Record<string, (source: Source) => NodeJson>> = {
  P: readParagraph,
  UL: readList,
  OL: readList,
  BLOCKQUOTE: readQuote,
  HR: readSeparator,
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((level) => [`H${level}`, readHeading])),
}

/** HTML of the classic editor: an element, or text that WordPress puts into a paragraph when it shows it. */
function readClassic(text: string): NodeJson {
  const body = parseHtml(text)
  const element = onlyElement(body)
  const read = element && CLASSIC[element.tagName]
  if (element && read) return read(classicSource(element))
  if (element?.tagName === 'TABLE') return readTable(element, NO_ATTRIBUTES)
  // a shortcode or a marker alone is no paragraph
  if (/^\s*\[[^\]]*\]\s*$/.test(text)) return unsupported('a shortcode')
  // line breaks of bare text are line breaks for visitors
  const content = readInline([...body.childNodes], { isPre: true }).flatMap(breakLines)
  return { type: 'paragraph', attrs: { shell: { block: NO_ATTRIBUTES, tag: [], isBare: true } }, content }
}

function breakLines(node: NodeJson): NodeJson[] {
  if (node.type !== 'text' || !node.text?.includes('\n')) return [node]
  const lineBreak: NodeJson = { type: 'hardBreak', ...(node.marks && { marks: node.marks }) }
  const lines = node.text.split('\n').map((text): NodeJson[] => (text === '' ? [] : [textNode(text, node.marks ?? [])]))
  return lines.flatMap((line, index) => (index === 0 ? line : [lineBreak].concat(line)))
}

/** Reads a piece as a node. @throws UnsupportedError if the editor can't show all that is in it */
export const readPiece = ({ name, text }: Piece): NodeJson => (name === null ? readClassic(text) : readBlock(text))
