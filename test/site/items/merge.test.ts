import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyFields, diffDocs, isFieldEqual, readField, writeField } from '../../../src/site/items/fields.ts'
import { mergeDocs, resolveDocs, type Side } from '../../../src/site/items/merge.ts'
import { anyDoc, doc } from './samples.ts'

const isEqual = (left: Parameters<typeof diffDocs>[0], right: typeof left) => diffDocs(left, right).length === 0

describe('fields', () => {
  test('of a document do not differ from its own', () => {
    fc.assert(
      fc.property(anyDoc, (each) => {
        expect(diffDocs(each, structuredClone(each))).toEqual([])
      }),
    )
  })

  test('differ in both directions alike, and copying them makes the documents equal', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (left, right) => {
        const paths = diffDocs(left, right)
        expect(diffDocs(right, left).toSorted()).toEqual(paths.toSorted())
        expect(diffDocs(copyFields(left, right, paths), right)).toEqual([])
      }),
    )
  })

  test('are read as written, and no others change', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (left, right) => {
        for (const path of diffDocs(left, right)) {
          const written = writeField(left, path, readField(right, path))
          expect(isFieldEqual(written, right, path)).toBe(true)
          expect(diffDocs(left, written)).toEqual([path])
        }
      }),
    )
  })

  test.each([
    ['the order of terms', { terms: { tag: ['a', 'b'] } }, { terms: { tag: ['b', 'a'] } }],
    ['a taxonomy without terms', { terms: { tag: [] } }, { terms: {} }],
    ['the order of keys in meta', { meta: { m: { a: 1, b: [2] } } }, { meta: { m: { b: [2], a: 1 } } }],
    [
      'the id of an image',
      { featured: { id: 3, url: 'https://x.test/1.jpg', alt: '' } },
      { featured: { url: 'https://x.test/1.jpg', alt: '' } },
    ],
  ])('are equal, whatever %s', (_name, left, right) => {
    expect(diffDocs(doc(left), doc(right))).toEqual([])
  })

  test.each([
    ['a text and a number of meta', { meta: { m: '1' } }, { meta: { m: 1 } }, ['meta.m']],
    ['no key and an empty text', { meta: {} }, { meta: { m: '' } }, ['meta.m']],
    ['a null and an absent key', { meta: { m: null } }, { meta: {} }, ['meta.m']],
    ['the order of a list in meta', { meta: { m: [1, 2] } }, { meta: { m: [2, 1] } }, ['meta.m']],
    ['composed and decomposed text', { title: 'é' }, { title: 'e\u0301' }, ['title']],
    ['a key with a dot', { meta: { 'a.b': 1 } }, { meta: { 'a.b': 2 } }, ['meta.a.b']],
  ])('distinguish %s', (_name, left, right, paths) => {
    expect(diffDocs(doc(left), doc(right))).toEqual(paths)
  })
})

describe('T29 a merge', () => {
  const sides = [anyDoc, anyDoc, anyDoc] as const

  test('of one changed side is that side', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (base, changed) => {
        const [here, there] = [mergeDocs(base, changed, base), mergeDocs(base, base, changed)]
        expect([here.conflicts, there.conflicts]).toEqual([[], []])
        expect(isEqual(here.doc, changed)).toBe(true)
        expect(isEqual(there.doc, changed)).toBe(true)
        expect(there.toPush).toEqual([])
        expect(here.toPush.toSorted()).toEqual(diffDocs(changed, base).toSorted())
      }),
    )
  })

  test('of the same change on both sides is that change', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (base, changed) => {
        const merged = mergeDocs(base, changed, structuredClone(changed))
        expect([merged.conflicts, merged.toPush]).toEqual([[], []])
        expect(isEqual(merged.doc, changed)).toBe(true)
      }),
    )
  })

  test('loses no change: each is in the document, or in a conflict', () => {
    fc.assert(
      fc.property(...sides, (base, local, external) => {
        const { doc: merged, conflicts } = mergeDocs(base, local, external)
        for (const path of diffDocs(base, local)) expect(isFieldEqual(merged, local, path)).toBe(true)
        for (const path of diffDocs(base, external)) {
          expect(isFieldEqual(merged, external, path) || conflicts.includes(path)).toBe(true)
        }
      }),
    )
  })

  test('invents nothing: each field has the value of a side, and unchanged ones stay', () => {
    fc.assert(
      fc.property(...sides, (base, local, external) => {
        const { doc: merged } = mergeDocs(base, local, external)
        for (const path of diffDocs(merged, base)) {
          expect(isFieldEqual(merged, local, path) || isFieldEqual(merged, external, path)).toBe(true)
        }
      }),
    )
  })

  test('finds a conflict exactly if both sides changed a field to different values', () => {
    fc.assert(
      fc.property(...sides, (base, local, external) => {
        const there = new Set(diffDocs(base, external))
        const expected = diffDocs(base, local).filter((path) => there.has(path) && !isFieldEqual(local, external, path))
        expect(mergeDocs(base, local, external).conflicts.toSorted()).toEqual(expected.toSorted())
      }),
    )
  })

  test('seen from the other side has the same conflicts, and the same result everywhere else', () => {
    fc.assert(
      fc.property(...sides, (base, local, external) => {
        const [here, there] = [mergeDocs(base, local, external), mergeDocs(base, external, local)]
        expect(there.conflicts.toSorted()).toEqual(here.conflicts.toSorted())
        expect(diffDocs(here.doc, there.doc).toSorted()).toEqual(here.conflicts.toSorted())
      }),
    )
  })

  test('with its own result changes nothing more', () => {
    fc.assert(
      fc.property(...sides, (base, local, external) => {
        const once = mergeDocs(base, local, external)
        const twice = mergeDocs(base, once.doc, external)
        expect(isEqual(twice.doc, once.doc)).toBe(true)
        expect(twice.conflicts.toSorted()).toEqual(once.conflicts.toSorted())
      }),
    )
  })

  test('pushes exactly the fields that must change on the site', () => {
    fc.assert(
      fc.property(...sides, (base, local, external) => {
        const { doc: merged, conflicts, toPush } = mergeDocs(base, local, external)
        expect(toPush.some((path) => conflicts.includes(path))).toBe(false)
        const pushed = copyFields(external, merged, toPush)
        expect(diffDocs(pushed, merged).toSorted()).toEqual(conflicts.toSorted())
      }),
    )
  })

  test('with a resolved conflict has the chosen side in each field', () => {
    const side = fc.constantFrom<Side>('wordpress', 'igny8')
    fc.assert(
      fc.property(...sides, fc.infiniteStream(side), (base, local, external, stream) => {
        const { doc: merged, conflicts } = mergeDocs(base, local, external)
        const choices = Object.fromEntries(conflicts.map((path) => [path, stream.next().value as Side]))
        const resolved = resolveDocs(merged, external, choices)
        for (const [path, chosen] of Object.entries(choices)) {
          expect(isFieldEqual(resolved, chosen === 'wordpress' ? external : local, path)).toBe(true)
        }
        expect(diffDocs(resolved, merged).every((path) => conflicts.includes(path))).toBe(true)
      }),
    )
  })
})
