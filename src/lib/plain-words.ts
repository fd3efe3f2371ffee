/**
 * Words that a stranger chose, made fit for a sentence of ours. A mail carries the trust of its sender, so a name in it
 * must stay a name: one short line that no mail program turns into a link, an address or a second line.
 */

/** Longest name in a mail, in characters. */
export const MOST_WORDS = 80

/** Control characters, line and paragraph separators, marks without width, and those that turn the direction of text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\s]+/gu

/** What a browser reads as the dot of a host name (UTS 46). NFKC has already made ASCII of the others. */
const DOT_IN_WORD = /[.\u3002](?=[^\s.\u3002])/gu

/**
 * One line of at most {@link MOST_WORDS} characters without anything that becomes a link: a dot inside a word gets a
 * space after it (`example. com`), so do colons and slashes, and `@` becomes `(at)`. Angle brackets and brackets, by
 * which mail programs and Markdown mark addresses, become parentheses.
 */
export function plainWords(text: string): string {
  const line = text
    .slice(0, 10 * MOST_WORDS)
    .normalize('NFKC')
    .replaceAll(INVISIBLE, ' ')
  const defused = line
    .replaceAll('@', ' (at) ')
    .replaceAll('\\', '/')
    .replaceAll(/[<[{]/g, '(')
    .replaceAll(/[>\]}]/g, ')')
    .replaceAll(DOT_IN_WORD, '$&  ')
    .replaceAll(/[:/](?=\S)/g, '$& ')
    .replaceAll(/ +/g, ' ')
    .trim()
  const characters = Array.from(defused)
  return characters.length <= MOST_WORDS
    ? defused
    : `${characters
        .slice(0, MOST_WORDS - 1)
        .join('')
        .trimEnd()}…`
}
