import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../scripts/lib/paths.ts'
import { replaceFile } from '../../scripts/lib/replace-file.ts'
import { unlessUnchanged } from '../../scripts/lib/unchanged.ts'

test('a step runs again when an input changes, is added or goes, when an output is gone, and after it failed', async () => {
  const folder = temporaryFolder('unchanged')
  const [input, output, stamp] = ['in', 'out', 'stamp'].map((name) => join(folder, name)) as [string, string, string]
  mkdirSync(input)
  writeFileSync(join(input, 'a'), 'one')
  let runs = 0
  const work = async () => {
    runs++
    writeFileSync(output, 'made')
  }
  const runsAfter = async (change: () => void) => {
    change()
    const before = runs
    for (let turn = 0; turn < 2; turn++) await unlessUnchanged({ stamp, inputs: [input], outputs: [output] }, work)
    return runs - before
  }
  expect(await runsAfter(() => undefined)).toBe(1)
  expect(await runsAfter(() => undefined)).toBe(0)
  expect(await runsAfter(() => writeFileSync(join(input, 'a'), 'two'))).toBe(1)
  expect(await runsAfter(() => writeFileSync(join(input, 'b'), ''))).toBe(1)
  expect(await runsAfter(() => rmSync(join(input, 'b')))).toBe(1)
  expect(await runsAfter(() => rmSync(output))).toBe(1)

  writeFileSync(join(input, 'a'), 'three')
  const fail = () => Promise.reject(new Error('no'))
  await expect(unlessUnchanged({ stamp, inputs: [input], outputs: [output] }, fail)).rejects.toThrow('no')
  expect(await runsAfter(() => undefined)).toBe(1)
})

test('a file is replaced whole where its bytes differ, and otherwise not touched', () => {
  const folder = temporaryFolder('replaced')
  const target = join(folder, 'deep', 'file')
  const inode = () => statSync(target).ino
  replaceFile(target, Buffer.from('one'))
  const first = inode()
  replaceFile(target, Buffer.from('one'))
  expect(inode()).toBe(first)
  replaceFile(target, Buffer.from('two'))
  expect([inode() === first, readFileSync(target, 'utf8'), readdirSync(join(folder, 'deep'))]).toEqual([
    false,
    'two',
    ['file'],
  ])
})
