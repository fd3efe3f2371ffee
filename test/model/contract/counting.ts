import { describe, expect, test } from 'vitest'
import { CountsData } from '../../../src/contract/content-link.ts'
import { Structure } from '../../../src/contract/structure.ts'
import { applied, create } from './applying.ts'
import { codeOf, run, type Subject } from './subject.ts'

const ask = (subject: Subject, ...types: string[]) => run(subject, CountsData, 'counts', { post_types: types })

/** What `structure` says of the same types. */
async function structureCounts(subject: Subject, type: string, taxonomy: string) {
  const { post_types: types, taxonomies } = await run(subject, Structure, 'structure', {})
  return [types[type]?.count, taxonomies[taxonomy]?.count]
}

function counting(get: () => Subject): void {
  test('has the structure’s counts for the requested types and their taxonomies', async () => {
    const { post_types: types, taxonomies } = await ask(get(), 'event')
    expect(Object.keys(types)).toEqual(['event'])
    expect(Object.keys(taxonomies)).toContain('event_kind')
    expect([types['event'], taxonomies['event_kind']]).toEqual(await structureCounts(get(), 'event', 'event_kind'))
  })

  test('follows creation, trash and deletion, in the same request too', async () => {
    const count = async () => (await ask(get(), 'event')).post_types['event'] ?? 0
    const before = await count()
    const made = await create(get(), { title: 'Counted' })
    expect(await count()).toBe(before + 1)
    const trashed = await applied(get(), { op: 'trash', id: made.id, expect: made.etag })
    expect(await count()).toBe(before)
    await applied(get(), { op: 'untrash', id: made.id, expect: trashed.etag })
    expect(await count()).toBe(before + 1)
  })

  test('counts terms that are new', async () => {
    const count = async () => (await ask(get(), 'event')).taxonomies['event_kind'] ?? 0
    const before = await count()
    await create(get(), { title: 'With a new kind', terms: { event_kind: ['Never seen before'] } })
    expect(await count()).toBe(before + 1)
  })

  test('omits unknown types, and answers with objects', async () => {
    expect(await ask(get(), 'nothing', 'revision')).toEqual({ post_types: {}, taxonomies: {} })
    expect(await ask(get())).toEqual({ post_types: {}, taxonomies: {} })
  })

  test.each([[{}], [{ post_types: 'event' }], [{ post_types: [1] }], [{ post_types: [''] }]])(
    'refuses %j',
    async (args) => {
      expect(await codeOf(get(), 'counts', args)).toBe('invalid_field')
    },
  )
}

export const describeCounting = (get: () => Subject) => describe('counts', () => counting(get))
