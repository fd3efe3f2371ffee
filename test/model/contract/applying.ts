import { expect } from 'vitest'
import { ApplyData, PostDocument, type ApplyFields } from '../../../src/contract/content-link.ts'
import { codeOf, newId, run, type Subject } from './subject.ts'

export interface Apply {
  op: string
  id?: number | null
  expect?: string | null
  item_id?: string
  type?: string
  fields?: ApplyFields | Record<string, unknown>
}

export const argsOf = (input: Apply) => ({
  item_id: newId('item'),
  type: 'event',
  id: null,
  expect: null,
  fields: {},
  ...input,
})

export const apply = (subject: Subject, input: Apply, commandId = newId('cmd')) =>
  run(subject, ApplyData, 'apply', argsOf(input), { id: commandId })

export const applyCode = (subject: Subject, input: Apply) => codeOf(subject, 'apply', argsOf(input))

export async function applied(subject: Subject, input: Apply): Promise<PostDocument> {
  const data = await apply(subject, input)
  expect(data.outcome).toBe('applied')
  return PostDocument.parse(data.item)
}

export const create = (subject: Subject, fields: ApplyFields, type = 'event') =>
  applied(subject, { op: 'create', type, fields: { title: 'Made', status: 'publish', ...fields } })

/** Changes a document at its current etag. */
export const update = (subject: Subject, { id, etag: expected }: PostDocument, fields: Record<string, unknown>) =>
  applied(subject, { op: 'update', id, expect: expected, fields })

export const count = async (subject: Subject, type = 'event') => (await subject.arrange({ op: 'count', type }))[0]
