import { parse } from '@wordpress/block-serialization-default-parser'

type ParsedBlock = ReturnType<typeof parse>[number]

/** A block of a body, as its exact text. All blocks of a body, each with its gap, are the body again. */
export interface BodyBlock {
  /** `core/paragraph` …; null for HTML outside of blocks. */
  name: string | null
  text: string
  /** Blank space up to the next block. */
  gap: string
}

const OPENER = /<!--\s+wp:[a-z][a-z0-9_/-]*\s/y
const PLAIN_END = /-->/g
const ATTRIBUTES_END = /\}\s+\/?-->/g
const CLOSER = /<!--\s+\/wp:[^>]*?-->/y
/** Ends of what a classic editor writes as one paragraph: a blank line, or the end of a block of HTML. */
const PARAGRAPH_END = /\n\s*\n|<\/(?:p|h[1-6]|ul|ol|dl|table|blockquote|figure|pre|div)>/gi

/** Where a pattern that is global or sticky matches next from a position, as the end of the match; null where it doesn't. */
function endOf(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : null
}

/** Where a parsed block ends in its source; null when the source is not what the parser makes of it. */
function findEnd(source: string, block: ParsedBlock, start: number): number | null {
  if (block.blockName === null) {
    return source.startsWith(block.innerHTML, start) ? start + block.innerHTML.length : null
  }
  const name = endOf(OPENER, source, start)
  if (name === null) return null
  const hasAttributes = /^\s*\{/.test(source.slice(name, name + 20))
  let at = endOf(hasAttributes ? ATTRIBUTES_END : PLAIN_END, source, hasAttributes ? name : name - 1)
  if (at === null || source.startsWith('/-->', at - 4)) return at
  let inner = 0
  for (const part of block.innerContent) {
    const child = part === null ? block.innerBlocks[inner++] : undefined
    if (child) at = findEnd(source, child, at)
    else at = source.startsWith(part ?? '', at) ? at + (part ?? '').length : null
    if (at === null) return null
  }
  // a block that is never closed ends with its content
  return endOf(CLOSER, source, at) ?? at
}

function toBlock(name: string | null, source: string): BodyBlock {
  const text = source.trimEnd()
  return { name, text, gap: source.slice(text.length) }
}

function splitParagraphs(source: string): BodyBlock[] {
  const blocks: BodyBlock[] = []
  let start = 0
  for (let end = endOf(PARAGRAPH_END, source, 0); end !== null; end = endOf(PARAGRAPH_END, source, end)) {
    blocks.push(toBlock(null, source.slice(start, end)))
    start = end
  }
  if (start < source.length) blocks.push(toBlock(null, source.slice(start)))
  return blocks
}

/** Blank space between two blocks belongs to the gap after the first of them. */
function joinBlank(blocks: readonly BodyBlock[]): BodyBlock[] {
  const joined: BodyBlock[] = []
  for (const { name, text, gap } of blocks) {
    const last = joined.at(-1)
    const content = last ? text.trimStart() : text
    if (last) last.gap += text.slice(0, text.length - content.length)
    if (last && content === '') last.gap += gap
    else joined.push({ name, text: content, gap })
  }
  return joined
}

/** The parser goes through the whole body for each block whose attributes don't end: a body full of those would stop the page. */
const MAX_ENDLESS = 5
const BEGINS_ATTRIBUTES = /^\s+wp:[a-z][a-z0-9_/-]*\s+\{/
const ENDS_ATTRIBUTES = /\}\s+\/?-->/
const isParsable = (body: string): boolean =>
  body.split('<!--').filter((part) => BEGINS_ATTRIBUTES.test(part) && !ENDS_ATTRIBUTES.test(part)).length <= MAX_ENDLESS

/** Splits the body of an item into its blocks; HTML outside of blocks, as the classic editor writes it, into paragraphs. */
export function splitBlocks(body: string): BodyBlock[] {
  if (!body.includes('<!-- wp:') || !isParsable(body)) return joinBlank(splitParagraphs(body))
  const blocks: BodyBlock[] = []
  let start = 0
  for (const block of parse(body)) {
    const end = findEnd(body, block, start)
    if (end === null) break
    const source = body.slice(start, end)
    if (block.blockName === null) blocks.push(...splitParagraphs(source))
    else blocks.push(toBlock(block.blockName, source))
    start = end
  }
  // what could not be followed is shown too, only less finely
  if (start < body.length) blocks.push(...splitParagraphs(body.slice(start)))
  return joinBlank(blocks)
}
