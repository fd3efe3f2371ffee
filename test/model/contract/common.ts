import { FetchData, PostDocument } from '../../../src/contract/content-link.ts'
import { run, type Subject } from './subject.ts'

/** A moment long past. */
export const START_S = 1_700_000_000

/** Texts that filters, slashes, charsets and JSON often change. */
export const NASTY = {
  title: 'Quotes “a” & <b>tags</b> \\ back \\\\ slash 🦊 é',
  body: [
    '<!-- wp:paragraph {"align":"center","x":"\\u0026 \\\\"} -->',
    '<p>Emoji 👩‍👩‍👧, 𝒳, "quotes", it\'s &amp; &lt; &nbsp; C:\\dir\\new \\" \\\' %s %1$s</p>',
    '<!-- /wp:paragraph -->',
    '',
    '[gallery ids="1,2"] [unknown attr=\'x\'] <iframe src="https://example.com/?a=1&b=2"></iframe>',
    '\ttabs  and   spaces  ',
  ].join('\n'),
  excerpt: 'Short\nand "plain" \\ 🦊',
} as const

export async function insertEvents(subject: Subject, modified: number[]): Promise<number[]> {
  const ids = await subject.arrange(
    ...modified.map((modifiedS) => ({ op: 'insert', type: 'event', status: 'publish', modifiedS }) as const),
  )
  return ids.map(Number)
}

export async function fetchOne(subject: Subject, id: unknown): Promise<PostDocument> {
  const { items } = await run(subject, FetchData, 'fetch', { ids: [id] })
  return PostDocument.parse(items[0])
}

export const idsOf = (items: { id: number }[]) => items.map(({ id }) => id)
