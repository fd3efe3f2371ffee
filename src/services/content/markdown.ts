import type { ItemCreate, ItemUpdate } from '../../contract/content.ts'

type Body = Pick<ItemUpdate, 'body' | 'body_format'>

/**
 * The fields as an item keeps them: a body in Markdown (CommonMark with GitHub's tables, task lists and strikethrough)
 * becomes HTML. HTML in Markdown stays, as it stays in a body of HTML: the site's rules for the acting user hold for
 * both. The library is loaded by the first request that needs it.
 */
export async function withHtmlBody<Fields extends (ItemCreate | ItemUpdate) & Body>({
  body_format: format,
  ...fields
}: Fields): Promise<Omit<Fields, 'body_format'>> {
  if (format !== 'markdown' || fields.body === undefined) return fields
  const { Marked } = await import('marked')
  return { ...fields, body: await new Marked({ gfm: true, async: true }).parse(fields.body) }
}
