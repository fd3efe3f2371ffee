import { describe, expect, test } from 'vitest'
import { MAX_PART_BYTES, NO_SUM } from '../../src/contract/site-file.ts'
import { decodePart, readBlocks } from '../../src/services/export/blocks.ts'
import { Seal } from '../../src/services/export/seal.ts'

const START = { lines: 0, sum: NO_SUM }
const row = (text: string) => `${JSON.stringify({ kind: 'row', text })}\n`

async function seal(...blocks: string[]): Promise<string> {
  const made = new Seal()
  let text = ''
  for (const block of blocks) text += await made.block(block)
  return text + made.end(0)
}

async function read(text: string, before = START): Promise<{ lines: string[]; isLast: boolean }> {
  const lines: string[] = []
  const { isLast } = await readBlocks(text, before, (_value, _number, line) => lines.push(`${line}\n`))
  return { lines, isLast }
}

describe('a file of sealed lines', () => {
  test('reads as it was written, and says what there is in it', async () => {
    const text = await seal(row('a') + row('b'), '', row('c'))
    expect(await read(text)).toEqual({ lines: [row('a'), row('b'), row('c')], isLast: true })
    const lines = text.trimEnd().split('\n')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'end', complete: true, lines: 6, counts: { row: 3 } })
  })

  test('has blocks that can be sent, however long its lines are', async () => {
    const lines = Array.from({ length: 30 }, (_, n) => row(String(n).padEnd(400_000, 'x')))
    const long = row('y'.repeat(3_000_000))
    const text = await seal(lines.join('') + long + row('z'))
    const blocks = text.split(/(?<="check"[^\n]*\n)/)
    expect(blocks.length).toBeGreaterThan(8)
    for (const block of blocks) expect(Buffer.byteLength(block)).toBeLessThan(MAX_PART_BYTES / 2)
    expect((await read(text)).lines).toEqual([...lines, long, row('z')])
  })

  test.each([
    [
      'a letter',
      (text: string) => text.replace('"b"', '"B"'),
      'file_damaged',
      /Lines 1 to 3 are not what was exported/,
    ],
    ['a line that is missing', (text: string) => text.replace(row('a'), ''), 'file_damaged', /Lines 1 to 2/],
    ['a block that is missing', (text: string) => text.slice(text.indexOf(row('c'))), 'file_damaged', /Lines 1 to 2/],
    ['blocks that changed places', swap, 'file_damaged', /Lines 1 to 2/],
    [
      'its end cut off within a block',
      (text: string) => text.slice(0, text.indexOf(row('c')) + row('c').length),
      'file_damaged',
      /within a block/,
    ],
    ['its end cut off within a line', (text: string) => text.slice(0, -5), 'file_damaged', /within line 6/],
    ['a forged end', (text: string) => text.replace(/"lines":6/, '"lines":7'), 'file_damaged', /Line 6 does not fit/],
    ['more after its end', (text: string) => text + row('d'), 'file_line_invalid', /Line 7: after the end/],
    [
      'a line that is no JSON',
      (text: string) => text.replace(row('a'), 'x\n'),
      'file_line_invalid',
      /Line 1: not JSON/,
    ],
    [
      'a line nested too deep',
      (text: string) => text.replace(row('a'), `${'['.repeat(1_000)}\n`),
      'file_line_invalid',
      /Line 1: nested too deep/,
    ],
    [
      'a line that is too long',
      (text: string) => text.replace(row('a'), row('a'.repeat(7_000_001))),
      'file_line_invalid',
      /Line 1: longer than/,
    ],
    [
      'a failure',
      (text: string) => text.replace('"complete":true', '"complete":false'),
      'file_incomplete',
      /could not read everything/,
    ],
  ])('with %s is refused', async (_fault, break_, code, message) => {
    const text = await seal(row('a') + row('b'), row('c'))
    const broken = break_(text)
    expect(broken).not.toBe(text)
    await expect(read(broken)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test('of a part is UTF-8, and of a size', () => {
    expect(() => decodePart(new Uint8Array([0xff]).buffer)).toThrow('not UTF-8')
    expect(() => decodePart(new ArrayBuffer(MAX_PART_BYTES + 1))).toThrow('at most')
  })
})

function swap(text: string): string {
  const [first = '', second = '', end = ''] = text.split(/(?<="check"[^\n]*\n)/)
  return second + first + end
}
