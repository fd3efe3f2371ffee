/**
 * What lists of items sort and filter by, beside the columns that the engine itself needs. It stands in the item's row, so
 * that a list reads no documents, and costs no row of its own.
 */
import type { ItemDoc } from './doc.ts'

const KEY_CHARACTERS = 100
const MARKS = /\p{M}/gu

/** A text without case and accents, so that „Über“ is found by „uber“ and sorts beside „unter“. */
export const fold = (text: string): string => text.normalize('NFKD').replaceAll(MARKS, '').toLowerCase()

/** What titles are sorted by. */
export const titleKey = (title: string): string => fold(title.slice(0, KEY_CHARACTERS)).trim().slice(0, KEY_CHARACTERS)

/** The author as a filter names it: the WordPress user id, or the name of one that has none. */
const authorKey = ({ author }: ItemDoc): string | null => (author ? String(author.id ?? author.name) : null)

/** The terms as a filter names them: `category:News`. */
const termKeys = ({ terms }: ItemDoc): string | null => {
  const keys = Object.entries(terms).flatMap(([taxonomy, names]) => names.map((name) => `${taxonomy}:${name}`))
  return keys.length > 0 ? JSON.stringify(keys) : null
}

/** Unix seconds of the publication date. */
const dateKey = ({ date }: ItemDoc): number | null => (date === null ? null : Math.floor(Date.parse(date) / 1000))

/** The columns of an item's IGNY8 side, in the order of `FACT_COLUMNS`. */
export const factsOf = (doc: ItemDoc): (string | number | null)[] => [
  titleKey(doc.title),
  dateKey(doc),
  authorKey(doc),
  termKeys(doc),
]

export const FACT_COLUMNS = 'title_key, date, author, terms'
