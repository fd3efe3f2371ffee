import { parseJson } from '../../../lib/json.ts'

export type JsonShape = 'empty' | 'html' | 'valid' | 'truncated' | 'leading_garbage' | 'trailing_garbage' | 'invalid'

/** The index after the object or array that starts at `start`; null if it never closes. */
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
    parseJson(text)
    return true
  } catch {
    return false
  }
}

const isHtml = (text: string) => /^\s*(<!doctype|<html|<head|<body|<!--|<\?xml)/i.test(text)

/**
 * Finds an answer of the plugin, a WordPress error or the REST index in a text to which other code has added output;
 * null if there is none.
 */
export function extractAnswer(text: string): string | null {
  const start = /\{\s*"(protocol|code|home|namespaces)"/.exec(text)?.index
  const end = start === undefined ? null : findEnd(text, start)
  const found = end === null ? null : text.slice(start, end)
  return found !== null && isJson(found) ? found : null
}

/**
 * Describes a body that should be one JSON object: valid, HTML, incomplete, or with other output before or after it.
 * Takes time linear in the length of the text.
 */
export function describeJson(text: string): JsonShape {
  const trimmed = text.trim()
  if (trimmed === '') return 'empty'
  if (isJson(text)) return 'valid'
  // trim() removes a byte order mark, JSON.parse() fails on it.
  if (isJson(trimmed)) return 'leading_garbage'
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
    const end = findEnd(trimmed, 0)
    if (end === null) return 'truncated'
    return end < trimmed.length && isJson(trimmed.slice(0, end)) ? 'trailing_garbage' : 'invalid'
  }
  if (extractAnswer(trimmed) !== null) return 'leading_garbage'
  return isHtml(text) || trimmed.startsWith('<') ? 'html' : 'invalid'
}
