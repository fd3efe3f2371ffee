import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, estimateDifference } from '../../../src/site/drift/decode.ts'
import { Sketch } from '../../../src/site/drift/sketch.ts'
import { hash32 } from '../../model/hash.ts'

const VECTOR =
  '/////nleIVJBECFSQRA85mg5AAAAA/////55XiFSQRAhUkEQPOZoOQAAAAMAAAABhqDerb7v3q2+7zXZ7AMAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP/////////u3cy7qpmIrf/ZXAAAAAEAAAAAAAEAESIzRFVmd6TAXWYAAAAB'

/** Etags of posts; what `changed` names has another one. */
function sketchOf(ids: Iterable<number>, size: number, changed: ReadonlySet<number> = new Set()): Sketch {
  const sketch = new Sketch(size)
  for (const id of ids) sketch.add(id, hash32(`post ${id}${changed.has(id) ? ' changed' : ''}`))
  return sketch
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
const idsOf = (elements: { id: number }[]) => elements.map(({ id }) => id).toSorted((left, right) => left - right)

const Id = fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2 ** 31, max: 2 ** 47 }))
const Tag = fc.stringMatching(/^[0-9a-f]{32}$/)
const Posts = fc.uniqueArray(fc.tuple(Id, Tag), { maxLength: 80, selector: ([id]) => id })

describe('sketches of sets', () => {
  test('T28 exactly the symmetric difference is found, whatever the sets are', () => {
    fc.assert(
      fc.property(Posts, Posts, (left, right) => {
        const [ours, theirs] = [new Sketch(600), new Sketch(600)]
        for (const [id, etag] of left) ours.add(id, etag)
        for (const [id, etag] of right) theirs.add(id, etag)
        const key = ([id, etag]: [number, string]) => `${id}.${etag.slice(0, 16)}`
        const [inLeft, inRight] = [new Set(left.map(key)), new Set(right.map(key))]
        const found = decode(theirs.combine(ours, -1))
        expect(found.isComplete).toBe(true)
        const keys = (elements: { id: number; tag: string }[]) => elements.map(({ id, tag }) => `${id}.${tag}`)
        expect(new Set(keys(found.added))).toEqual(new Set([...inRight].filter((element) => !inLeft.has(element))))
        expect(new Set(keys(found.removed))).toEqual(new Set([...inLeft].filter((element) => !inRight.has(element))))
      }),
      { numRuns: 300 },
    )
  })

  test('what is cut into ranges adds up to the whole', () => {
    fc.assert(
      fc.property(Posts, fc.nat(80), fc.integer({ min: 1, max: 60 }), (posts, cut, size) => {
        const [whole, first, second] = [new Sketch(size), new Sketch(size), new Sketch(size)]
        for (const [at, [id, etag]] of posts.entries()) {
          whole.add(id, etag)
          ;(at < cut ? first : second).add(id, etag)
        }
        expect(first.combine(second, 1)).toEqual(whole)
      }),
    )
  })

  test('a sketch survives its way over the wire', () => {
    fc.assert(
      fc.property(Posts, fc.integer({ min: 1, max: 60 }), (posts, size) => {
        const sketch = new Sketch(size)
        for (const [id, etag] of posts) sketch.add(id, etag)
        expect(Sketch.fromBase64(sketch.toBase64())).toEqual(sketch)
      }),
    )
    for (const text of ['', 'AAAA', '!']) expect(() => Sketch.fromBase64(text)).toThrow()
  })

  test('symbols are the same to the bit as the plugin computes them (plugin/tests/Content/Digest_Test.php)', () => {
    const sketch = new Sketch(6)
    sketch.add(1, '00112233445566778899aabbccddeeff')
    sketch.add(281_474_976_710_655, 'ffeeddccbbaa99887766554433221100')
    sketch.add(100_000, 'deadbeefdeadbeefdeadbeefdeadbeef')
    expect(sketch.toBase64()).toBe(VECTOR)
  })

  test('equal sets have equal roots, in whatever order, and others have not', () => {
    const posts = range(1, 1000)
    expect(sketchOf(posts, 1).root()).toEqual(sketchOf(posts.toReversed(), 1).root())
    expect(sketchOf(posts, 1).root()).not.toEqual(sketchOf(posts, 1, new Set([500])).root())
    expect(sketchOf(posts, 1).root()).not.toEqual(sketchOf(posts.slice(1), 1).root())
  })

  test('damaged symbols end, and are not taken for a whole answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 22, maxLength: 22 * 40 }), (bytes) => {
        const whole = bytes.slice(0, bytes.length - (bytes.length % 22))
        const found = decode(Sketch.fromBase64(btoa(String.fromCharCode(...whole))))
        expect(found.isComplete).toBe(whole.every((byte) => byte === 0))
      }),
    )
  })
})

describe('sizes', () => {
  test('T28 64 symbols are enough for 10 edited posts of 5,000, nearly always', () => {
    let failed = 0
    for (let round = 0; round < 40; round++) {
      const changed = new Set(range(0, 10).map((index) => 1 + ((round * 977 + index * 431) % 5000)))
      const ours = sketchOf(range(1, 5001), 64)
      const found = decode(sketchOf(range(1, 5001), 64, changed).combine(ours, -1))
      if (!found.isComplete) failed++
      else expect(idsOf(found.added)).toEqual(idsOf([...changed].map((id) => ({ id }))))
    }
    expect(failed).toBeLessThanOrEqual(1)
  })

  test('T28 64 symbols tell how many differ where they cannot tell which', () => {
    for (const size of [100, 1000, 4000]) {
      const changed = new Set(range(1, size + 1))
      const ours = sketchOf(range(1, 10_001), 64)
      const difference = sketchOf(range(1, 10_001), 64, changed).combine(ours, -1)
      const estimated = estimateDifference(difference)
      expect(estimated).toBeGreaterThan(size)
      expect(estimated).toBeLessThan(4 * size)
    }
  })
})
