/** The SQL texts in source code, so that a test can show that it knows all of them. */

const STATEMENT = /^\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH)\b/
/** Stands for what a template inserts. */
const HOLE = '\u0000'

/** The end of a literal that begins at `start`, and its text; `${…}` becomes a hole. */
function readLiteral(code: string, start: number): { end: number; text: string } {
  const quote = code[start] ?? ''
  let text = ''
  for (let at = start + 1; at < code.length; at++) {
    const character = code[at] ?? ''
    if (character === quote) return { end: at, text }
    if (character === '\\') text += code[++at] ?? ''
    else if (quote === '`' && code.startsWith('${', at)) {
      at = skipExpression(code, at + 2)
      text += HOLE
    } else text += character
  }
  throw new Error('a literal does not end')
}

/** The position of the brace that ends an expression of a template. */
function skipExpression(code: string, start: number): number {
  for (let [at, depth] = [start, 1]; at < code.length; at++) {
    const character = code[at] ?? ''
    if (`'"\``.includes(character)) at = readLiteral(code, at).end
    else if (character === '{') depth++
    else if (character === '}' && --depth === 0) return at
  }
  throw new Error('an expression does not end')
}

export const normalize = (sql: string): string => sql.replaceAll(/\s+/g, ' ').trim()

/** All literals of a TypeScript file that begin like a statement. */
export function sqlOf(code: string): string[] {
  const found: string[] = []
  for (let at = 0; at < code.length; at++) {
    if (code.startsWith('//', at)) at = code.indexOf('\n', at)
    else if (code.startsWith('/*', at)) at = code.indexOf('*/', at) + 1
    else if (`'"\``.includes(code[at] ?? '')) {
      const { end, text } = readLiteral(code, at)
      if (STATEMENT.test(text)) found.push(normalize(text))
      at = end
    }
  }
  return found
}

/** Whether a statement that was executed has this text, with anything in its holes. */
export function isTextOf(text: string, executed: string): boolean {
  const parts = text.split(HOLE).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(parts.join(String.raw`[\s\S]*?`)).test(executed)
}
