import { parseArgs } from 'node:util'
import * as z from 'zod'
import type { Scenario } from './assumptions.ts'

/** What is wrong with the command, in one line. */
export class OptionError extends Error {}

export interface Options {
  scenario: Scenario
  isJson: boolean
  /** A file with the answer of `--json`, whose counts are taken instead of counting anew. */
  from: string | null
}

/** Digits alone: `Number` takes an empty text for 0, and knows hexadecimal numbers. */
const decimal = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number)
const count = (most: number) => decimal.pipe(z.int().min(0).max(most))
const Scenario = z.object({
  sites: count(100_000_000).pipe(z.int().min(1)),
  items: count(1_000_000),
  edits: decimal.pipe(z.number().min(0).max(10_000)),
  polling: decimal.pipe(z.number().min(0).max(1)),
})

const ALLOWED: Record<keyof Scenario, string> = {
  sites: 'a whole number from 1 to 100000000',
  items: 'a whole number from 0 to 1000000',
  edits: 'a number from 0 to 10000',
  polling: 'a share from 0 to 1',
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const options = {
    sites: text,
    items: text,
    edits: text,
    polling: text,
    from: text,
    json: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ args: [...args], options, strict: true }).values
  } catch (error) {
    throw new OptionError((error as Error).message.split('\n')[0])
  }
}

/** @throws OptionError */
export function readOptions(args: readonly string[]): Options {
  const { sites = '100000', items = '500', edits = '3', polling = '0.2', json = false, from = null } = parse(args)
  const scenario = Scenario.safeParse({ sites, items, edits, polling })
  if (scenario.success) return { scenario: scenario.data, isJson: json, from }
  const name = scenario.error.issues[0]?.path[0] as keyof Scenario
  throw new OptionError(`--${name} takes ${ALLOWED[name]}.`)
}
