/** Splits a body into its top-level pieces without changing a byte. */
import { scanBlocks } from '../../components/diff/split-blocks.ts'
import type { Mode, Piece } from './types.ts'

const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '))
/** Elements that end a piece of classic text where they end. */
const BLOCK = new Set(
  (
    'address article aside blockquote details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr iframe main ' +
    'nav ol p pre script section style table ul video'
  ).split(' '),
)
/** Their content is no markup. */
const RAW_TEXT = new Set(['script', 'style', 'textarea', 'title', 'iframe', 'noscript'])
const TOKEN = /<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9-]*)(?:"[^"]*"|'[^']*'|[^'">])*>|\n[^\S\n]*\n\s*/gi

/** Where each piece of classic text ends; the last one may be left open. */
function endsOfPieces(source: string): number[] {
  const ends: number[] = []
  const open: string[] = []
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(source); match; match = TOKEN.exec(source)) {
    const [token, slash, name] = match
    const tag = name?.toLowerCase()
    if (tag === undefined) {
      // a blank line between two paragraphs, or a comment such as <!--more-->
      if (open.length === 0) ends.push(TOKEN.lastIndex)
    } else if (slash === '/') {
      const at = open.lastIndexOf(tag)
      // an element that is closed without being open: what follows can't be told apart
      if (at === -1) return ends
      open.length = at
      if (at === 0 && BLOCK.has(tag)) ends.push(TOKEN.lastIndex)
    } else {
      // text before a block-level element is a paragraph of its own
      if (open.length === 0 && BLOCK.has(tag)) ends.push(match.index)
      if (VOID.has(tag) || token.endsWith('/>')) {
        if (open.length === 0 && BLOCK.has(tag)) ends.push(TOKEN.lastIndex)
      } else {
        open.push(tag)
        if (RAW_TEXT.has(tag)) {
          const end = source.toLowerCase().indexOf(`</${tag}`, TOKEN.lastIndex)
          if (end === -1) return ends
          TOKEN.lastIndex = end
        }
      }
    }
  }
  return ends
}

function toPiece(name: string | null, source: string): Piece {
  const text = source.trimEnd()
  return { name, text, gap: source.slice(text.length) }
}

/** Blank space before or between pieces belongs to the piece before it; at the beginning, to the first piece. */
function joinBlank(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = []
  let lead = ''
  for (const piece of pieces) {
    const last = joined.at(-1)
    if (piece.text === '') {
      if (last) last.gap += piece.gap
      else lead += piece.gap
    } else {
      const text = last ? piece.text.trimStart() : lead + piece.text
      if (last) last.gap += piece.text.slice(0, piece.text.length - text.length)
      joined.push({ ...piece, text })
    }
  }
  return joined
}

function splitClassic(source: string): Piece[] {
  const bounds = [0, ...endsOfPieces(source), source.length]
  return bounds.slice(1).map((end, index) => toPiece(null, source.slice(bounds[index], end)))
}

/** Whether a body has block comments. An empty one becomes blocks. */
export const modeOf = (body: string): Mode => (body.trim() === '' || body.includes('<!-- wp:') ? 'blocks' : 'classic')

/** The pieces of a body. Joined with their gaps they are the body, except that a blank body has none. */
export function splitPieces(body: string): Piece[] {
  if (modeOf(body) === 'classic') return joinBlank(splitClassic(body))
  return joinBlank(scanBlocks(body).map(({ name, source }) => toPiece(name, source)))
}
