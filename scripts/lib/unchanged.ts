import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ROOT } from './paths.ts'

interface Step {
  /** File that keeps the digest of the inputs that the step ran with last. */
  stamp: string
  /** Files and folders that the step reads, relative to the root. */
  inputs: readonly string[]
  /** Files that it makes, relative to the root. */
  outputs: readonly string[]
}

const filesOf = (path: string): string[] =>
  statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()

function digestOf(inputs: readonly string[]): string {
  const digest = createHash('sha256')
  for (const file of inputs.flatMap((input) => filesOf(resolve(ROOT, input)))) {
    digest.update(`${file}\0`)
    digest.update(createHash('sha256').update(readFileSync(file)).digest())
  }
  return digest.digest('hex')
}

/** Runs `work` unless it ran last with the same inputs and its outputs are still there. */
export async function unlessUnchanged({ stamp, inputs, outputs }: Step, work: () => Promise<void>): Promise<void> {
  const digest = digestOf(inputs)
  const isDone = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
  if (isDone && outputs.every((output) => existsSync(resolve(ROOT, output)))) return
  rmSync(stamp, { force: true })
  await work()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, digest)
}
