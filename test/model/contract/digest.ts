import { describe, expect, test } from 'vitest'
import { DigestData, FetchData } from '../../../src/contract/content-link.ts'
import { decode } from '../../../src/site/drift/decode.ts'
import { Sketch } from '../../../src/site/drift/sketch.ts'
import { insertEvents, START_S } from './common.ts'
import { codeOf, run, type Action, type Subject } from './subject.ts'

const digest = (subject: Subject, args: Record<string, unknown> = {}) =>
  run(subject, DigestData, 'digest', { type: 'event', symbols: 64, ...args })

const read = ({ symbols }: DigestData) => Sketch.fromBase64(symbols)

/** What the site's own documents add up to. */
async function expected(subject: Subject, ids: number[], size: number): Promise<Sketch> {
  const sketch = new Sketch(size)
  const { items } = await run(subject, FetchData, 'fetch', { ids })
  for (const { id, etag } of items) if (typeof etag === 'string') sketch.add(id, etag)
  return sketch
}

/** Ids of posts that differ between two reads. */
function differing(before: DigestData, after: DigestData): number[] {
  const { isComplete, added, removed } = decode(read(after).combine(read(before), -1))
  expect(isComplete).toBe(true)
  return [...new Set([...added, ...removed].map(({ id }) => id))].toSorted((left, right) => left - right)
}

function looks(get: () => Subject): void {
  test('a digest is the sum of the etags that documents have, to the last bit', async () => {
    const before = await digest(get(), { symbols: 300 })
    const ids = await insertEvents(get(), [START_S, START_S + 1, START_S + 2])
    await get().arrange({ op: 'set_meta', id: ids[0] ?? 0, key: 'event_place', value: 'Hall é' })
    const after = await digest(get(), { symbols: 300 })
    expect(read(after)).toEqual(read(before).combine(await expected(get(), ids, 300), 1))
    expect(after.count).toBe(before.count + 3)
    expect(differing(before, after)).toEqual(ids)
  })

  test('T27 edits without a new modification time are found: of columns, meta, terms, images and by deletion', async () => {
    const [image, kind, ...posts] = await get().arrange(
      { op: 'attachment', title: 'Digest image', alt: 'Alt' },
      { op: 'term', taxonomy: 'event_kind', name: 'Digest kind' },
      ...Array.from({ length: 6 }, (): Action => ({ op: 'insert', type: 'event', status: 'publish' })),
    )
    const [grown = 0, tagged = 0, met = 0, pictured = 0, deleted = 0, renamed = 0] = posts.map(Number)
    await get().arrange({ op: 'set_terms', id: renamed, taxonomy: 'event_kind', terms: [Number(kind)] })
    const before = await digest(get())
    await get().arrange(
      { op: 'grow', id: grown, bytes: 100 },
      { op: 'set_terms', id: tagged, taxonomy: 'event_kind', terms: [Number(kind)] },
      { op: 'set_meta', id: met, key: 'event_seats', value: '7' },
      { op: 'set_featured', id: pictured, image: Number(image) },
      { op: 'delete', id: deleted },
    )
    const after = await digest(get())
    expect(differing(before, after)).toEqual([grown, tagged, met, pictured, deleted])
    await get().arrange({ op: 'rename_term', id: Number(kind), taxonomy: 'event_kind', name: 'Digest sort' })
    expect(differing(after, await digest(get()))).toEqual([tagged, renamed])
    const last = await digest(get())
    await get().arrange({ op: 'touch', id: grown, modifiedS: START_S + 5 })
    expect(await digest(get())).toEqual(last)
  })
}

function bounds(get: () => Subject): void {
  test('ranges of ids add up to the whole; until leaves out what was modified later', async () => {
    const ids = await insertEvents(get(), [START_S + 10, START_S + 20, START_S + 20, START_S + 30])
    const [, second = 0, third = 0] = ids
    const rest = await digest(get(), { after: second })
    expect(rest.count).toBe(2)
    expect(read(rest)).toEqual(await expected(get(), ids.slice(2), 64))
    const upTo = (id: number) => digest(get(), { after: (ids[0] ?? 0) - 1, until: [START_S + 20, id] })
    expect((await upTo(second)).count).toBe(2)
    expect((await upTo(third)).count).toBe(3)
  })

  test('excludes posts that can’t be sent, and other types', async () => {
    const [large = 0, good = 0] = await insertEvents(get(), [START_S, START_S])
    const before = await digest(get())
    await get().arrange({ op: 'grow', id: large, bytes: 5_000_000 }, { op: 'insert', type: 'post', status: 'publish' })
    const after = await digest(get())
    expect(differing(before, after)).toEqual([large])
    expect(after.count).toBe(before.count - 1)
    await get().arrange({ op: 'delete', id: large }, { op: 'delete', id: good })
  })

  test('a request that can’t be digested is refused with a reason', async () => {
    expect(await codeOf(get(), 'digest', { type: 'nonsense' })).toBe('unknown_type')
    expect(await codeOf(get(), 'digest', { type: 'event', symbols: 0 })).toBe('invalid_field')
    expect(await codeOf(get(), 'digest', { type: 'event', symbols: 16_385 })).toBe('invalid_field')
    expect(await codeOf(get(), 'digest', { type: 'event', after: -1 })).toBe('invalid_field')
    expect(await codeOf(get(), 'digest', { type: 'event', until: [1] })).toBe('invalid_field')
  })
}

/** `digest` (docs/protocol-content.md). */
export function describeDigest(get: () => Subject): void {
  describe('digest', () => looks(get))
  describe('bounds of a digest', () => bounds(get))
}
