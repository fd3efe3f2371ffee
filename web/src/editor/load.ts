/** Between a body and the document of the editor. */
import type { Node as DocumentNode, Schema } from '@tiptap/pm/model'
import { readBody, type ReadBody, type WrittenNode, writeBody } from './model/body.ts'
import type { NodeJson, Piece } from './model/types.ts'

export interface LoadedBody {
  read: ReadBody
  content: NodeJson[]
  /** The nodes as the editor has them, by their origin. */
  originals: DocumentNode[]
}

const cardOf = ({ name, text }: Piece, origin: number): NodeJson => ({
  type: 'card',
  attrs: { name, source: text, origin },
})

/** A node of the document; a card if the document can't have it where it is. */
function toDocumentNode(schema: Schema, json: NodeJson, piece: Piece, origin: number): DocumentNode {
  try {
    const node = schema.nodeFromJSON(json)
    node.check()
    return node
  } catch {
    return schema.nodeFromJSON(cardOf(piece, origin))
  }
}

export function loadBody(schema: Schema, body: string): LoadedBody {
  const read = readBody(body)
  const originals = read.nodes.flatMap((json, origin) => {
    const piece = read.pieces[origin]
    return piece ? [toDocumentNode(schema, json, piece, origin)] : []
  })
  return { read, originals, content: originals.map((node) => node.toJSON() as NodeJson) }
}

/** The body of a document. Blocks that are as they were loaded are written as they were read. */
export function bodyOf(document: DocumentNode, { read, originals }: LoadedBody): string {
  const nodes: WrittenNode[] = []
  document.forEach((node) => {
    const origin = typeof node.attrs['origin'] === 'number' ? node.attrs['origin'] : null
    const original = origin === null ? undefined : originals[origin]
    const isUnchanged = original !== undefined && (node === original || node.eq(original))
    const isEmptyNew = origin === null && node.type.name === 'paragraph' && node.content.size === 0
    nodes.push({ origin, isUnchanged, isEmptyNew, toJson: () => node.toJSON() as NodeJson })
  })
  return writeBody(read, nodes)
}
