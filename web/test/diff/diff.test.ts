import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alignBlocks } from '../../src/components/diff/align-blocks.ts'
import { compareBodies } from '../../src/components/diff/compare-bodies.ts'
import { diffWords } from '../../src/components/diff/diff-words.ts'
import { type BodyBlock, splitBlocks } from '../../src/components/diff/split-blocks.ts'

const AMPLE_MS = 5_000
const bodyOf = (blocks: readonly (BodyBlock | null)[]) =>
  blocks.map((block) => (block ? block.text + block.gap : '')).join('')

const paragraph = (text: string) => `<!-- wp:paragraph -->\n<p>${text}</p>\n<!-- /wp:paragraph -->`
const post = (...texts: string[]) => texts.map(paragraph).join('\n\n')

const word = fc.constantFrom(
  'sun',
  'moon',
  'Straße',
  '日本',
  '🙂',
  '<b>',
  '</b>',
  '&amp;',
  '-->',
  '<!--',
  '{"a":1}',
  '\n',
)
const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '))
/** Valid and broken bodies: nested, void and unclosed blocks, loose HTML, fragments. */
const body = fc
  .array(
    fc.oneof(
      text.map(paragraph),
      text.map((inner) => `<!-- wp:group {"layout":{"type":"flex"}} -->\n${paragraph(inner)}\n<!-- /wp:group -->`),
      text.map((inner) => `<p>${inner}</p>`),
      fc.constantFrom(
        '<!-- wp:separator /-->',
        '<!-- wp:acme/card {"title":"a } b"} /-->',
        '<!-- wp:image {"id":7,"caption":"a --\\u003e b"} -->\n<img src="x"/>\n<!-- /wp:image -->',
        '<!-- wp:group -->',
        '<!-- /wp:group -->',
        '<!-- wp:',
        '\n\n',
        ' ',
      ),
      text,
    ),
    { maxLength: 8 },
  )
  .chain((parts) => fc.constantFrom('', '\n', '\n\n').map((gap) => parts.join(gap)))

describe('blocks of a body', () => {
  test('all blocks with their gaps are the body again, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(body, fc.string()), (source) => {
        expect(bodyOf(splitBlocks(source))).toBe(source)
      }),
      { numRuns: 400 },
    )
  })

  test('a block with blocks in it is one block, a void one too, and blank lines between them are none', () => {
    const group = `<!-- wp:group {"tagName":"section"} -->\n<section>${paragraph('One')}${paragraph('Two')}</section>\n<!-- /wp:group -->`
    const blocks = splitBlocks(`${group}\n\n<!-- wp:separator /-->\n\n${paragraph('Three')}\n`)
    expect(blocks.map(({ name }) => name)).toEqual(['core/group', 'core/separator', 'core/paragraph'])
    expect(blocks[0]?.text).toBe(group)
  })

  test('classic editor content is split into paragraphs', () => {
    const texts = splitBlocks('First line.\nStill first.\n\nSecond.\n\n<h2>Third</h2><p>Fourth</p>').map(
      ({ text }) => text,
    )
    expect(texts).toEqual(['First line.\nStill first.', 'Second.', '<h2>Third</h2>', '<p>Fourth</p>'])
  })
})

describe('aligned blocks', () => {
  test('the left blocks of the rows are the left body, the right ones the right body', () => {
    fc.assert(
      fc.property(body, body, (left, right) => {
        const rows = alignBlocks(splitBlocks(left), splitBlocks(right), AMPLE_MS)
        expect(bodyOf(rows?.map((row) => row.left) ?? [])).toBe(left)
        expect(bodyOf(rows?.map((row) => row.right) ?? [])).toBe(right)
        for (const row of rows ?? []) if (row.kind === 'same') expect(row.left.text).toBe(row.right.text)
      }),
      { numRuns: 300 },
    )
  })

  test('a changed paragraph is next to its old version, between unchanged ones', () => {
    const left = post('The first of them', 'The second paragraph is about the weather', 'The last')
    const right = post('The first of them', 'Something new', 'The second paragraph is about the climate', 'The last')
    const rows = alignBlocks(splitBlocks(left), splitBlocks(right), AMPLE_MS)
    expect(rows?.map(({ kind }) => kind)).toEqual(['same', 'added', 'changed', 'same'])
  })
})

describe('words', () => {
  test('without what was added the pieces are the left text, without what was removed the right one', () => {
    fc.assert(
      fc.property(text, text, fc.constantFrom(0, AMPLE_MS), (left, right, budgetMs) => {
        const pieces = diffWords(left, right, budgetMs)
        const without = (kind: string) => pieces.flatMap((piece) => (piece.kind === kind ? [] : [piece.text])).join('')
        expect(without('added')).toBe(left)
        expect(without('removed')).toBe(right)
      }),
      { numRuns: 300 },
    )
  })

  test('one word is one change', () => {
    expect(diffWords('The old house', 'The new house', AMPLE_MS)).toEqual([
      { kind: 'same', text: 'The ' },
      { kind: 'removed', text: 'old' },
      { kind: 'added', text: 'new' },
      { kind: 'same', text: ' house' },
    ])
  })
})

describe('compared bodies', () => {
  test('unchanged blocks are folded, changed ones are compared by word without delimiters', () => {
    const left = post('One', 'Two', 'The old house', 'Four')
    const right = post('One', 'Two', 'The new house', 'Four')
    const rows = compareBodies(left, right)?.rows ?? []
    expect(rows.map((row) => (row.kind === 'fold' ? `fold ${row.rows.length}` : row.kind))).toEqual([
      'fold 2',
      'changed',
      'fold 1',
    ])
    expect(rows[1]).toMatchObject({
      name: 'core/paragraph',
      pieces: [{ text: '<p>The ' }, {}, {}, { text: ' house</p>' }],
    })
  })

  test('a change of a block’s settings alone is shown, in its delimiter', () => {
    const left = '<!-- wp:heading {"level":2} -->\n<h2>A</h2>\n<!-- /wp:heading -->'
    const rows = compareBodies(left, left.replace('"level":2', '"level":3'))?.rows ?? []
    const [row] = rows
    expect(row?.kind === 'changed' && row.pieces.some(({ kind, text }) => kind === 'added' && text === '3')).toBe(true)
  })

  test('bodies that differ only in blank space say so', () => {
    expect(compareBodies(post('A', 'B'), post('A', 'B').replace('\n\n<', '\n\n\n<'))).toMatchObject({
      isBlankOnly: true,
    })
    expect(compareBodies(post('A'), post('A'))).toMatchObject({ isBlankOnly: false })
  })

  test('a malicious body does not freeze the page', () => {
    const started = performance.now()
    const hostile = '<!-- wp:a {}} '.repeat(20_000)
    expect(bodyOf(splitBlocks(hostile))).toBe(hostile)
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  test('two large bodies take less than a second; larger ones are not compared', () => {
    const long = (seed: number) =>
      post(...Array.from({ length: 900 }, (_, index) => `Word${(index * seed) % 701} and ${index * seed} more of it`))
    const started = performance.now()
    compareBodies(long(3), long(7))
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(compareBodies('a'.repeat(400_000), 'b'.repeat(400_000))).toBeNull()
  })
})
