import * as z from 'zod'

/** Levels of lists and maps in one meta value. PHP and JSON parsers refuse much deeper ones. */
const MAX_DEPTH = 32

interface TextFault {
  path: (string | number)[]
  message: string
}

const HALF_PAIR = 'must not contain half of a surrogate pair'

/** A key becomes a name in PHP and SQL, which cut it at NUL; a value keeps NUL. Half a surrogate pair has no UTF-8. */
function keyFault(key: string): string | null {
  if (key.includes('\u0000')) return 'must not contain the character NUL'
  return key.isWellFormed() ? null : HALF_PAIR
}

/** Where and why a JSON value can't travel to WordPress; null if it can. */
export function findTextFault(value: unknown, path: readonly (string | number)[] = []): TextFault | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : { path: [...path], message: HALF_PAIR }
  if (typeof value !== 'object' || value === null) return null
  if (path.length > MAX_DEPTH) return { path: path.slice(0, 3), message: `must not be deeper than ${MAX_DEPTH} levels` }
  for (const [key, entry] of Object.entries(value)) {
    const message = keyFault(key)
    const fault = message === null ? findTextFault(entry, [...path, key]) : { path: [...path, key], message }
    if (fault) return fault
  }
  return null
}

/**
 * A record whose key `__proto__` is refused by name. zod drops it, because it is no plain key of a JavaScript object.
 */
export const withPlainKeys = <T extends z.ZodType>(record: T) =>
  z.preprocess((value, context) => {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
      context.addIssue({ code: 'custom', path: ['__proto__'], message: 'can’t be used as a name' })
    return value
  }, record)

/** A record of any keys, `__proto__` among them, for what the site sends: nothing of it is dropped. */
export const dictionary = <T extends z.ZodType>(entry: T) =>
  z.unknown().transform((value, context): Record<string, z.output<T>> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      context.addIssue({ code: 'invalid_type', expected: 'record', input: value })
      return z.NEVER
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => {
        const parsed = entry.safeParse(one)
        for (const issue of parsed.error?.issues ?? [])
          context.addIssue({ code: 'custom', path: [key, ...issue.path], message: issue.message })
        return [key, parsed.data as z.output<T>]
      }),
    )
  })

/** Refuses a body with text that can't travel to WordPress, and names its path. */
export const refuseBrokenText = (value: unknown, context: z.RefinementCtx): void => {
  const fault = findTextFault(value)
  if (fault) context.addIssue({ code: 'custom', path: fault.path, message: fault.message })
}
