/** Writes a node as WordPress' own editor would, with what surrounded its content in the source. */
import { attributesText, blockAttributesText, escapeText } from './html.ts'
import { writeInline } from './inline.ts'
import type { ImageShell } from './read-image.ts'
import type { Section, TableShell } from './read-table.ts'
import type { BlockAttributes, Mode, NodeJson, Shell, TagAttributes } from './types.ts'

const CLASS = (name: string): TagAttributes => [['class', name]]
/** What a block has that was made in the editor. Lists have no class before WordPress 6.6, which accepts it. */
const FRESH: Readonly<Record<string, TagAttributes>> = {
  heading: CLASS('wp-block-heading'),
  bulletList: CLASS('wp-block-list'),
  orderedList: CLASS('wp-block-list'),
  blockquote: CLASS('wp-block-quote'),
  codeBlock: CLASS('wp-block-code'),
  horizontalRule: CLASS('wp-block-separator has-alpha-channel-opacity'),
}

function shellOf({ type, attrs = {} }: NodeJson, mode: Mode): Shell {
  const shell = attrs['shell'] as Shell | null | undefined
  return shell ?? { block: {}, tag: mode === 'blocks' ? (FRESH[type] ?? []) : [] }
}

/** A block with its comments; in classic text the HTML alone. */
function wrap(mode: Mode, name: string, block: BlockAttributes, html: string): string {
  if (mode === 'classic') return html
  return `<!-- wp:${name} ${blockAttributesText(block)}-->\n${html}\n<!-- /wp:${name} -->`
}

/** The attributes of a block with one changed, which is left out if it is the default. */
function withAttribute(block: BlockAttributes, name: string, value: unknown, initial: unknown): BlockAttributes {
  if ((block[name] ?? initial) === value) return block
  const { [name]: _before, ...others } = block
  return value === initial ? others : { ...block, [name]: value }
}

const element = (tag: string, attributes: TagAttributes, content: string) =>
  `<${tag}${attributesText(attributes)}>${content}</${tag}>`

function writeParagraph(node: NodeJson, mode: Mode): string {
  const { block, tag, isBare } = shellOf(node, mode)
  const content = writeInline(node.content)
  if (isBare) return content.replaceAll('<br>', '\n')
  return wrap(mode, 'paragraph', block, element('p', tag, content))
}

function writeHeading(node: NodeJson, mode: Mode): string {
  const { block, tag } = shellOf(node, mode)
  const level = Number(node.attrs?.['level'] ?? 2)
  const html = element(`h${level}`, tag, writeInline(node.content))
  return wrap(mode, 'heading', withAttribute(block, 'level', level, 2), html)
}

function writeListItem(node: NodeJson, mode: Mode): string {
  const { block, tag } = shellOf(node, mode)
  const [text, ...lists] = node.content ?? []
  const content = writeInline(text?.content) + lists.map((list) => writeList(list, mode)).join('')
  return wrap(mode, 'list-item', block, element('li', tag, content))
}

function writeList(node: NodeJson, mode: Mode): string {
  const { block, tag } = shellOf(node, mode)
  const isOrdered = node.type === 'orderedList'
  const items = (node.content ?? []).map((item) => writeListItem(item, mode)).join(mode === 'blocks' ? '\n\n' : '\n')
  const content = mode === 'blocks' ? items : `\n${items}\n`
  const html = element(isOrdered ? 'ol' : 'ul', tag, content)
  return wrap(mode, 'list', withAttribute(block, 'ordered', isOrdered, false), html)
}

function writeQuote(node: NodeJson, mode: Mode): string {
  const { block, tag } = shellOf(node, mode)
  const nodes = node.content ?? []
  const source = nodes.find(({ type }) => type === 'quoteSource')
  const content = nodes
    .filter(({ type }) => type !== 'quoteSource')
    .map((child) => writeNode(child, mode))
    .join(mode === 'blocks' ? '\n\n' : '\n')
  const cite = writeInline(source?.content)
  return wrap(mode, 'quote', block, element('blockquote', tag, content + (cite && `<cite>${cite}</cite>`)))
}

/** As WordPress writes code: neither a shortcode nor an address in it is anything but text. */
const escapeCode = (text: string) =>
  escapeText(text)
    .replaceAll('[', '&#91;')
    .replaceAll(/^(\s*https?:)\/\/([^\s<>"]+\s*)$/gm, '$1&#47;&#47;$2')

function writeCode(node: NodeJson, mode: Mode): string {
  const { block, tag } = shellOf(node, mode)
  const text = (node.content ?? []).map((part) => part.text ?? '').join('')
  return wrap(mode, 'code', block, element('pre', tag, element('code', [], escapeCode(text))))
}

const spans = ({ attrs = {} }: NodeJson): TagAttributes =>
  (['colspan', 'rowspan'] as const).flatMap((name) => {
    const span = Number(attrs[name] ?? 1)
    return span > 1 ? [[name, String(span)] as [string, string]] : []
  })

function writeRow(row: NodeJson, mode: Mode): string {
  const cells = (row.content ?? []).map((cell) => {
    const tag = cell.type === 'tableHeader' ? 'th' : 'td'
    const content = (cell.content ?? []).map((paragraph) => writeInline(paragraph.content)).join('<br>')
    return element(tag, [...shellOf(cell, mode).tag, ...spans(cell)], content)
  })
  return element('tr', [], cells.join(''))
}

const SECTION_TAGS: Readonly<Record<Section, string>> = { head: 'thead', body: 'tbody', foot: 'tfoot' }

/** The section of a row. A row of a table made here is its head if it consists of headings. */
function sectionOf(row: NodeJson, index: number): Section {
  const section = row.attrs?.['section'] as Section | null | undefined
  const isHeading = (row.content ?? []).every(({ type }) => type === 'tableHeader')
  if (isHeading && (index === 0 || section === 'head')) return 'head'
  return section === 'foot' ? 'foot' : 'body'
}

function writeTable(node: NodeJson, mode: Mode): string {
  const fresh = { block: { hasFixedLayout: false }, figure: CLASS('wp-block-table'), table: [], caption: '' }
  const shell = (node.attrs?.['shell'] ?? fresh) as TableShell
  const groups: { section: Section; rows: NodeJson[] }[] = []
  for (const [index, row] of (node.content ?? []).entries()) {
    const section = sectionOf(row, index)
    const last = groups.at(-1)
    if (last?.section === section) last.rows.push(row)
    else groups.push({ section, rows: [row] })
  }
  const sections = groups.map(({ section, rows }) =>
    element(SECTION_TAGS[section], [], rows.map((row) => writeRow(row, mode)).join('')),
  )
  const table = element('table', shell.table, sections.join(''))
  if (shell.figure === null || (mode === 'classic' && !node.attrs?.['shell'])) return table
  return wrap(mode, 'table', shell.block, element('figure', shell.figure, table + shell.caption))
}

function writeImage(node: NodeJson, mode: Mode): string {
  const { src = '', alt = '', caption = '' } = (node.attrs ?? {}) as Record<string, string>
  const fresh: ImageShell = {
    block: {},
    figure: mode === 'blocks' ? CLASS('wp-block-image') : [],
    link: null,
    img: [],
    caption: [],
  }
  const shell = (node.attrs?.['shell'] ?? fresh) as ImageShell
  const img = `<img${attributesText([['src', src], ['alt', alt], ...shell.img])}/>`
  const linked = shell.link ? element('a', shell.link, img) : img
  // WordPress gives captions this class since 6.1
  const captionTag = shell.caption.length > 0 || mode === 'classic' ? shell.caption : CLASS('wp-element-caption')
  const text = caption && element('figcaption', captionTag, caption)
  if (mode === 'classic' && !node.attrs?.['shell'] && caption === '') return img
  return wrap(mode, 'image', shell.block, element('figure', shell.figure, linked + text))
}

function writeEmbed(node: NodeJson, mode: Mode): string {
  const { url = '' } = (node.attrs ?? {}) as Record<string, string>
  // an address alone in its paragraph is embedded
  if (mode === 'classic') return escapeText(url)
  const content = `<div class="wp-block-embed__wrapper">\n${escapeText(url)}\n</div>`
  return wrap(mode, 'embed', { url }, element('figure', CLASS('wp-block-embed'), content))
}

function writeSeparator(node: NodeJson, mode: Mode): string {
  const { block, tag } = shellOf(node, mode)
  return wrap(
    mode,
    'separator',
    block,
    mode === 'blocks' ? `<hr${attributesText(tag)}/>` : `<hr${attributesText(tag)} />`,
  )
}

const WRITERS: Readonly<Record<string, (node: NodeJson, mode: Mode) => string>> = {
  paragraph: writeParagraph,
  heading: writeHeading,
  bulletList: writeList,
  orderedList: writeList,
  blockquote: writeQuote,
  codeBlock: writeCode,
  table: writeTable,
  image: writeImage,
  embed: writeEmbed,
  horizontalRule: writeSeparator,
  card: ({ attrs }) => (attrs as { source: string }).source,
}

/** The source of a node. */
export function writeNode(node: NodeJson, mode: Mode): string {
  const write = WRITERS[node.type]
  if (!write) throw new Error(`no writer for ${node.type}`)
  return write(node, mode)
}
