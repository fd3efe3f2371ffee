import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { KIND_IDS } from './kinds.ts'
import type { Counts } from './model.ts'
import { PARTS } from './operations.ts'
import { OptionError } from './options.ts'

const amount = z.number().min(0)
const Operations = z.object({
  ...Object.fromEntries(PARTS.map((part) => [part, amount])),
  tables: z.record(z.string(), z.object({ queries: amount, read: amount, written: amount, inserted: amount })),
})
const Sized = z.object({ small: Operations, large: Operations })

/** The answer of `--json`, of which the counts are read. */
const Saved = z.object({
  counts: z.object({
    sizes: z.object({ small: amount, large: amount }),
    kinds: z.object(Object.fromEntries(KIND_IDS.map((id) => [id, Sized]))),
    bytes: z.object({
      rows: z.record(z.string(), amount),
      object: z.object({ small: amount, large: amount }),
      key: amount,
    }),
  }),
})

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new OptionError(`--from takes a file with the answer of --json: ${file} can’t be read as one.`, { cause })
  }
}

/** Counts that were saved with `--json`. @throws OptionError */
export function readCounts(file: string): Counts {
  const saved = Saved.safeParse(parse(file))
  if (saved.success) return saved.data.counts as unknown as Counts
  const path = saved.error.issues[0]?.path.join('.') ?? ''
  throw new OptionError(`--from takes a file with the answer of --json: ${file} has no ${path}.`)
}
