import type { LetterKind, MailLocale } from './kinds.ts'
import { LETTERS_DE } from './letters-de.ts'
import { LETTERS_EN } from './letters-en.ts'
import { plainWords } from '../../lib/plain-words.ts'
import { type MailText, renderMail } from './render.ts'

const LETTERS = { en: LETTERS_EN, de: LETTERS_DE }

/** Puts parameters into a line; null if one of them is missing. */
function fill(line: string, words: Readonly<Record<string, string>>): string | null {
  const names = [...line.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  if (names.some((name) => !words[name])) return null
  return line.replaceAll(/\{(\w+)\}/g, (_, name: string) => words[name] ?? '')
}

/** Links in mails lead to pages of ours alone. @throws Error for any other */
function assertOurs(link: string, publicUrl: string): void {
  if (link.startsWith(`${publicUrl}/`) && !/[\s<>"]/.test(link)) return
  throw new Error('a link in a mail must lead to PUBLIC_URL')
}

interface LetterInput {
  kind: LetterKind
  locale: MailLocale
  /** `link`, a page of ours; all others are taken for words that a stranger chose. */
  params: Readonly<Record<string, string>>
  publicUrl: string
  /** The page on which such mail can be left. */
  unsubscribe?: string
}

/** The words of the link to it. */
const UNSUBSCRIBE = { en: 'Get no more invitations', de: 'Keine Einladungen mehr bekommen' }

/**
 * Composes a letter. Its subject is fixed. Parameters are cut and defused by {@link plainWords}; `link` is the only one
 * that becomes a link, and leads to PUBLIC_URL or is refused.
 * @throws Error for a link that leads elsewhere: a fault of the caller
 */
export function composeLetter({ kind, locale, params, publicUrl, unsubscribe }: LetterInput): MailText {
  const { subject, lines, action, why } = LETTERS[locale][kind]
  const { link, ...others } = params
  const words = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, plainWords(value)]))
  if (link !== undefined) assertOurs(link, publicUrl)
  const filled = lines.map((line) => fill(line, words)).filter((line) => line !== null)
  const body = {
    lines: filled,
    ...(link !== undefined && action !== undefined && { link: { words: action, url: link } }),
  }
  const foot = {
    lines: [why],
    ...(unsubscribe !== undefined && { link: { words: UNSUBSCRIBE[locale], url: unsubscribe } }),
  }
  return renderMail({ locale, subject: `IGNY8: ${subject}`, paragraphs: [body], foot })
}
