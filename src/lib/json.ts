/** Deeper than PHP's `json_encode` writes: an answer of WordPress is never refused for its depth. */
export const MAX_JSON_DEPTH = 600

/** Whether brackets nest deeper than `limit` levels. In linear time and without recursion. */
export function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const char = text[index]
    if (inString) {
      if (char === '\\') index++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') {
      if (++depth > limit) return true
    } else if (char === '}' || char === ']') depth--
  }
  return false
}

/**
 * Parses JSON that somebody outside wrote. `JSON.parse` takes seconds for some megabytes of brackets, so a text that
 * nests too deep is refused first.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (isDeeperThan(text, MAX_JSON_DEPTH)) throw new SyntaxError(`nested deeper than ${MAX_JSON_DEPTH} levels`)
  return JSON.parse(text)
}
