/** A body as the editor has it, and back: what nobody changed is written as it was read, byte for byte. */
import { modeOf, splitPieces } from './pieces.ts'
import { readPiece } from './read.ts'
import { type Mode, type NodeJson, type Piece, UnsupportedError } from './types.ts'
import { writeNode } from './write.ts'

/** A body that was read, by which its unchanged blocks are written again. */
export interface ReadBody {
  mode: Mode
  pieces: readonly Piece[]
  /** One node a piece. Its attribute `origin` is the number of its piece. */
  nodes: readonly NodeJson[]
  /** Blank space of a body that has nothing else. */
  blank: string
}

const cardOf = ({ name, text }: Piece): NodeJson => ({ type: 'card', attrs: { name, source: text } })

/** Without what only says where a node comes from. */
function contentOf(node: NodeJson): unknown {
  const { origin: _origin, ...attrs } = node.attrs ?? {}
  return { ...node, attrs, content: node.content ?? [] }
}

/** Equality of JSON in which the order of keys and absent keys without a value don't matter. */
function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object') return (left ?? null) === (right ?? null)
  if (left === null || right === null) return (left ?? null) === (right ?? null)
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].every((key) =>
    isEqual((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
  )
}

const isSameNode = (left: NodeJson, right: NodeJson): boolean => isEqual(contentOf(left), contentOf(right))

/**
 * Reads a piece as a node, if writing and reading that gives the same node: then an edit changes nothing but what was
 * edited. Else it is a card.
 */
function readSafely(piece: Piece, mode: Mode): NodeJson {
  try {
    const node = readPiece(piece)
    // HTML between blocks stays as it is
    if (mode === 'blocks' && piece.name === null) return cardOf(piece)
    const again = readPiece({ ...piece, text: writeNode(node, mode) })
    return isSameNode(node, again) ? node : cardOf(piece)
  } catch (error) {
    if (error instanceof UnsupportedError) return cardOf(piece)
    throw error
  }
}

export function readBody(body: string): ReadBody {
  const mode = modeOf(body)
  const pieces = body.trim() === '' ? [] : splitPieces(body)
  const nodes = pieces.map((piece, origin) => {
    const node = readSafely(piece, mode)
    return { ...node, attrs: { ...node.attrs, origin } }
  })
  return { mode, pieces, nodes, blank: pieces.length === 0 ? body : '' }
}

/** A top-level node of the document that is to be written. */
export interface WrittenNode {
  /** The piece that it comes from; null if it was made in the editor. */
  origin: number | null
  /** Whether it is as it was read. */
  isUnchanged: boolean
  /** Whether it is a paragraph that nobody wrote into, such as the one after the last block. */
  isEmptyNew: boolean
  toJson: () => NodeJson
}

/** The body of these nodes: unchanged ones byte for byte, the others as WordPress would write them. */
export function writeBody(read: ReadBody, nodes: readonly WrittenNode[]): string {
  const written = nodes.filter(({ isEmptyNew }) => !isEmptyNew)
  if (written.length === 0) return read.pieces.length === 0 ? read.blank : ''
  return written
    .map(({ origin, isUnchanged, toJson }, index) => {
      const piece = origin === null ? undefined : read.pieces[origin]
      const text = piece && isUnchanged ? piece.text : writeNode(toJson(), read.mode)
      const next = written[index + 1]
      const isFollowed = next ? next.origin === (origin ?? NaN) + 1 : origin === read.pieces.length - 1
      return text + (piece && isFollowed ? piece.gap : next ? '\n\n' : '')
    })
    .join('')
}
