/**
 * A body that the site makes of ours: the plugin turns HTML into the blocks that WordPress' own editor would store
 * (docs/adr/0029-blocks.md). The document of such a post names our text by its hash for as long as the post has exactly
 * the body that was made of it.
 *
 * Our text and theirs are then the same text. Wherever the item has ours, as its base or on IGNY8's side, it gets the
 * site's before both sides are merged. So the blocks are no edit of the site, a text that was written here meanwhile is
 * no conflict with them, and it makes no difference whether the answer, a webhook or a later run brings them.
 */
import type { PostDocument } from '../../contract/content-link.ts'
import type { ItemDoc } from './doc.ts'
import type { ItemRecord } from './record.ts'

const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0')

/** Equal to PHP's `hash('joaat', $text) . hash('fnv1a32', $text)`. */
export function hashBody(text: string): string {
  let [joaat, fnv] = [0, 0x811c9dc5]
  for (const byte of new TextEncoder().encode(text)) {
    joaat = (joaat + byte) | 0
    joaat = (joaat + (joaat << 10)) | 0
    joaat ^= joaat >>> 6
    fnv = Math.imul(fnv ^ byte, 0x01000193)
  }
  joaat = (joaat + (joaat << 3)) | 0
  joaat ^= joaat >>> 11
  return hex(joaat + (joaat << 15)) + hex(fnv)
}

/** The item with the site's body in place of the text that it was made of. */
export function withMadeBody(record: ItemRecord, { made_of: madeOf, body }: PostDocument): ItemRecord {
  if (madeOf === null || body === null) return record
  const isSource = (text: string) => text !== body && hashBody(text) === madeOf
  const replaced = <Doc extends ItemDoc | null>(doc: Doc): Doc =>
    doc !== null && isSource(doc.body) ? { ...doc, body } : doc
  const local = replaced(record.local)
  return { ...record, base: record.base === record.local ? local : replaced(record.base), local }
}
