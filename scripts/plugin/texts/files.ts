/**
 * The files of gettext, as far as the plugin needs them: template and translations (`.pot`, `.po`), and what WordPress reads: `.mo`,
 * and from 6.5 on the faster `.l10n.php`. Formats: https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html and
 * MO-Files.html there. Written here since the formats are small, and a package for them brings five more.
 */
import { phpString } from '../../wordpress/config.ts'
import type { Message } from './extract.ts'

/** Text => translation; the header is not among them. */
export type Translations = ReadonlyMap<string, string>

const NAME = 'IGNY8 Bridge'
const MO_MAGIC = 0x950412de
const MO_HEADER_BYTES = 28

const ESCAPES: Record<string, string> = {
  '\n': String.raw`\n`,
  '\t': String.raw`\t`,
  '"': String.raw`\"`,
  '\\': '\\\\',
}
const quote = (text: string) => `"${text.replaceAll(/[\n\t"\\]/g, (character) => ESCAPES[character] ?? character)}"`
const unquote = (text: string) =>
  text.replaceAll(/\\(.)/g, (_, character: string) => ({ n: '\n', t: '\t' })[character] ?? character)

function headers(more: Record<string, string>): string {
  const all = {
    'Project-Id-Version': NAME,
    'MIME-Version': '1.0',
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Transfer-Encoding': '8bit',
    ...more,
  }
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
}

const localeHeaders = (locale: string) => headers({ Language: locale, 'Plural-Forms': 'nplurals=2; plural=(n != 1);' })

function renderPo(header: string, messages: Message[], translations: Translations): string {
  const lines = header
    .split(/(?<=\n)/)
    .map(quote)
    .join('\n')
  const entries = messages.map(({ text, notes, places }) => {
    const comments = [
      ...notes.map((note) => `#. translators: ${note}`),
      `#: ${places.join(' ')}`,
      ...(text.includes('%') ? ['#, php-format'] : []),
    ]
    return `${comments.join('\n')}\nmsgid ${quote(text)}\nmsgstr ${quote(translations.get(text) ?? '')}\n`
  })
  return [`msgid ""\nmsgstr ""\n${lines}\n`, ...entries].join('\n')
}

/** The template for translators. */
export const renderTemplate = (messages: Message[], domain: string): string =>
  renderPo(headers({ 'X-Domain': domain }), messages, new Map())

/** A translation as people edit it; texts without one are empty. */
export const renderTranslation = (messages: Message[], translations: Translations, locale: string): string =>
  renderPo(localeHeaders(locale), messages, translations)

/** The translations of a `.po`, whose texts may go over several lines. */
export function parsePo(po: string): Translations {
  const found = new Map<string, string>()
  for (const entry of po.split(/\n\s*\n/)) {
    const part = (name: string) => {
      const lines = new RegExp(`^${name} ((?:"(?:\\\\.|[^"\\\\])*"\\s*)+)`, 'm').exec(entry)?.[1] ?? ''
      return [...lines.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, text = '']) => unquote(text)).join('')
    }
    const [text, translation] = [part('msgid'), part('msgstr')]
    if (text !== '' && translation !== '') found.set(text, translation)
  }
  return found
}

/** The binary form. */
export function compileMo(translations: Translations, locale: string): Uint8Array {
  const encoded = [['', localeHeaders(locale)] as const, ...translations].map(([text, translation]) => ({
    text: Buffer.from(text),
    translation: Buffer.from(translation),
  }))
  const sorted = encoded.toSorted((one, other) => Buffer.compare(one.text, other.text))
  const head = Buffer.alloc(MO_HEADER_BYTES + sorted.length * 16)
  const numbers = [MO_MAGIC, 0, sorted.length, MO_HEADER_BYTES, MO_HEADER_BYTES + sorted.length * 8, 0, head.length]
  for (const [index, number] of numbers.entries()) head.writeUInt32LE(number, index * 4)
  const parts: Buffer[] = [head]
  let offset = head.length
  for (const [table, name] of (['text', 'translation'] as const).entries()) {
    for (const [index, entry] of sorted.entries()) {
      const at = MO_HEADER_BYTES + (table * sorted.length + index) * 8
      head.writeUInt32LE(entry[name].length, at)
      head.writeUInt32LE(offset, at + 4)
      parts.push(entry[name], Buffer.alloc(1))
      offset += entry[name].length + 1
    }
  }
  return Buffer.concat(parts)
}

/** The form that WordPress reads from 6.5 on, and PHP keeps in its memory. */
export function compilePhp(translations: Translations, locale: string, domain: string): string {
  const messages = [...translations].map(([text, translation]) => `${phpString(text)}=>${phpString(translation)}`)
  return `<?php
defined( 'ABSPATH' ) || exit;
return ['domain'=>${phpString(domain)},'plural-forms'=>'nplurals=2; plural=(n != 1);','language'=>${phpString(locale)},'project-id-version'=>${phpString(NAME)},'messages'=>[${messages.join(',')}]];
`
}
