/**
 * The plugin makes blocks of a body that has none, where the post has a text in blocks or no text. Here each body becomes
 * one block. A note with the post says of which text its body was made.
 */
import { hashBody } from '../../src/site/items/made-body.ts'
import type { ApplyFieldValues } from './arguments.ts'
import type { ModelPost } from './types.ts'

export const MADE_KEY = '_igny8_made_body'

const hasBlocks = (body: string) => body.includes('<!-- wp:')

/**
 * The fields as the plugin writes them, and the note that it leaves; null if it leaves none.
 * @param stored body of the post now; '' for a new one
 */
export function makeBody(fields: ApplyFieldValues, stored: string): { fields: ApplyFieldValues; note: string | null } {
  const { body } = fields
  if (body === undefined || body.trim() === '' || hasBlocks(body)) return { fields, note: null }
  if (stored !== '' && (!hasBlocks(stored) || stored === body)) return { fields, note: null }
  const made = `<!-- wp:paragraph -->\n<p>${body}</p>\n<!-- /wp:paragraph -->`
  return { fields: { ...fields, body: made }, note: `${hashBody(body)} ${hashBody(made)}` }
}

/** Hash of the text that the post's body was made of; null if somebody has changed it since. */
export function madeOf({ meta }: ModelPost, body: string): string | null {
  const note = meta[MADE_KEY]
  const [source = '', made] = typeof note === 'string' ? note.split(' ') : []
  return made === hashBody(body) ? source : null
}
