import { parseArgs } from 'node:util'
import * as z from 'zod'

/** What is wrong with the command, in one line. */
export class OptionError extends Error {}

export interface Options {
  /** How long the load lasts, in minutes; settling and counting come after it. */
  minutes: number
  /** The load of two runs with the same seed is the same, but for the order in which the answers come. */
  seed: number
  /** A file for the figures; null for none. */
  json: string | null
}

const Minutes = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number)
  .pipe(z.number().min(1).max(1440))
const Seed = z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(0).max(0xffff_ffff))

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ args: [...args], options: { minutes: text, seed: text, json: text }, strict: true }).values
  } catch (error) {
    throw new OptionError((error as Error).message.split('\n')[0])
  }
}

/** @throws OptionError */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args)
  const [minutes, seed] = [Minutes.safeParse(values.minutes ?? '60'), Seed.safeParse(values.seed ?? '1')]
  if (!minutes.success) throw new OptionError('--minutes takes a number from 1 to 1440.')
  if (!seed.success) throw new OptionError('--seed takes a whole number from 0 to 4294967295.')
  return { minutes: minutes.data, seed: seed.data, json: values.json ?? null }
}
