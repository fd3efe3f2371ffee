/**
 * The model of a body in the editor. A body is a row of top-level blocks, each with the text that it has in the source.
 * Blocks that the editor can reproduce become editable nodes (JSON of ProseMirror); all others become cards that hold
 * their source. A block that nobody changed is written back as the text that it was read from; only a changed one is
 * written anew.
 */

export interface MarkJson {
  type: string
  attrs?: Record<string, unknown>
}

export interface NodeJson {
  type: string
  attrs?: Record<string, unknown>
  marks?: MarkJson[]
  content?: NodeJson[]
  text?: string
}

/** Attributes of an element, in their order. */
export type TagAttributes = [name: string, value: string][]

/** Attributes of a block comment. */
export type BlockAttributes = Record<string, unknown>

/** What surrounds the content of a node in its source, and is kept when the content changes. */
export interface Shell {
  block: BlockAttributes
  tag: TagAttributes
  /** Classic text without a paragraph element, which WordPress adds for visitors. */
  isBare?: boolean
}

/** How a body is written: as blocks, or as HTML of the classic editor. */
export type Mode = 'blocks' | 'classic'

/** A top-level piece of a body with its exact text. All pieces and their gaps, joined, are the body. */
export interface Piece {
  /** For example `core/paragraph`; null for HTML outside of blocks. */
  name: string | null
  text: string
  /** Blank space up to the next piece. */
  gap: string
}

/** Thrown while reading what the editor can't reproduce: the piece becomes a card. */
export class UnsupportedError extends Error {}

export const unsupported = (what: string): never => {
  throw new UnsupportedError(what)
}
