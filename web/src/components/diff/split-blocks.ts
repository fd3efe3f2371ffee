import { parse } from '@wordpress/block-serialization-default-parser'

type ParsedBlock = ReturnType<typeof parse>[number]

/** A block of a body with its exact text. All blocks with their gaps, joined, are the body. */
export interface BodyBlock {
  /** For example `core/paragraph`; null for HTML outside of blocks. */
  name: string | null
  text: string
  /** Blank space up to the next block. */
  gap: string
}

const OPENER = /<!--\s+wp:[a-z][a-z0-9_/-]*\s/y
const PLAIN_END = /-->/g
const ATTRIBUTES_END = /\}\s+\/?-->/g
const CLOSER = /<!--\s+\/wp:[^>]*?-->/y
/** Where a paragraph of the classic editor ends: a blank line, or the end of a block-level element. */
const PARAGRAPH_END = /\n\s*\n|<\/(?:p|h[1-6]|ul|ol|dl|table|blockquote|figure|pre|div)>/gi

/** End of the next match of a global or sticky pattern from a position; null without a match. */
function endOf(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : null
}

/** Where a parsed block ends in its source; null if the source doesn't match the parser's result. */
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

/** Moves blank space between two blocks into the gap of the first one. */
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

/** The parser scans the rest of the body for each block with unclosed attributes, so a body full of them would freeze the page. */
const MAX_ENDLESS = 5
const BEGINS_ATTRIBUTES = /^\s+wp:[a-z][a-z0-9_/-]*\s+\{/
const ENDS_ATTRIBUTES = /\}\s+\/?-->/
const isParsable = (body: string): boolean =>
  body.split('<!--').filter((part) => BEGINS_ATTRIBUTES.test(part) && !ENDS_ATTRIBUTES.test(part)).length <= MAX_ENDLESS

/** A top-level block as WordPress' parser finds it, or what is between two of them. */
export interface ScannedBlock {
  name: string | null
  source: string
}

/** Splits a body where its top-level blocks begin and end. All sources, joined, are the body. */
export function scanBlocks(body: string): ScannedBlock[] {
  if (!isParsable(body)) return [{ name: null, source: body }]
  const blocks: ScannedBlock[] = []
  let start = 0
  for (const block of parse(body)) {
    const end = findEnd(body, block, start)
    if (end === null) break
    blocks.push({ name: block.blockName, source: body.slice(start, end) })
    start = end
  }
  // HTML after the last block that could be parsed
  if (start < body.length) blocks.push({ name: null, source: body.slice(start) })
  return blocks
}

/** Splits a body into its blocks, and HTML outside of blocks (classic editor) into paragraphs. */
export function splitBlocks(body: string): BodyBlock[] {
  if (!body.includes('<!-- wp:')) return joinBlank(splitParagraphs(body))
  return joinBlank(
    scanBlocks(body).flatMap(({ name, source }) => (name === null ? splitParagraphs(source) : toBlock(name, source))),
  )
}
