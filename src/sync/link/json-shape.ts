export type JsonShape = 'empty' | 'html' | 'valid' | 'truncated' | 'leading_garbage' | 'trailing_garbage' | 'invalid'

/** Index after the first complete object or array that starts at `start`, or null where it never closes. */
function findEnd(text: string, start: number): number | null {
  let depth = 0
  for (let index = start; index < text.length; index++) {
    const char = text[index]
    if (char === '"') {
      index++
      while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1
    } else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') {
      depth--
      if (depth === 0) return index + 1
    }
  }
  return null
}

const isJson = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const isHtml = (text: string) => /^\s*(<!doctype|<html|<head|<body|<!--|<\?xml)/i.test(text)

/** Whether our protocol's or WordPress's answer begins somewhere in the text, after something that was printed first. */
const findAnswer = (text: string) => /\{\s*"(protocol|code)"/.exec(text)?.index ?? -1

/**
 * What is wrong with a body that should have been one JSON object: HTML, an answer that broke off, output of some
 * other code before or after it. Linear in the length of the text.
 */
export function describeJson(text: string): JsonShape {
  const trimmed = text.trim()
  if (trimmed === '') return 'empty'
  if (isJson(text)) return 'valid'
  // A byte order mark is white space to trim() and an error to JSON.parse().
  if (isJson(trimmed)) return 'leading_garbage'
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
    const end = findEnd(trimmed, 0)
    if (end === null) return 'truncated'
    return end < trimmed.length && isJson(trimmed.slice(0, end)) ? 'trailing_garbage' : 'invalid'
  }
  const start = findAnswer(trimmed)
  if (start > 0) {
    const end = findEnd(trimmed, start)
    if (end !== null && isJson(trimmed.slice(start, end))) return 'leading_garbage'
  }
  return isHtml(text) || trimmed.startsWith('<') ? 'html' : 'invalid'
}
