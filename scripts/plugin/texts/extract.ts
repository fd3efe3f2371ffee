/** Finds the texts of the plugin in its PHP, as `__()` and its escaping forms have them: one literal, the text domain. */
import type { PluginFiles } from '../files.ts'

export interface Message {
  text: string
  /** What translators are told about its placeholders. */
  notes: string[]
  /** Files that use it. */
  places: string[]
}

const LITERAL = String.raw`'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"`
const TEXT = new RegExp(
  String.raw`/\*\s*translators: ([\s\S]*?)\s*\*/|(?<![\w>$])(?:__|esc_html__|esc_attr__)\(\s*(${LITERAL})\s*,\s*'([a-z0-9-]+)'\s*\)`,
  'g',
)
/** Forms that this plugin doesn't use: they would need plurals or contexts in the files that are made here. */
const OTHER_FORMS = /(?<![\w>$:])(?:_e|esc_html_e|esc_attr_e|_n|_x|_nx|_ex|esc_html_x|esc_attr_x|_n_noop|_nx_noop)\(/

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', $: '$' }

/** What a PHP literal stands for. */
function unquote(literal: string): string {
  const inner = literal.slice(1, -1)
  if (literal.startsWith("'")) return inner.replaceAll(/\\(['\\])/g, '$1')
  return inner.replaceAll(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character)
}

/**
 * All texts, in the order of the files.
 * @throws Error if a text has another text domain, or a form that isn't supported
 */
export function extractMessages(files: PluginFiles, domain: string): Message[] {
  const messages = new Map<string, Message>()
  const sources = [...files].filter(([path]) => path.endsWith('.php') && !path.startsWith('languages/'))
  for (const [path, bytes] of sources.toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const code = new TextDecoder().decode(bytes)
    if (OTHER_FORMS.test(code)) throw new Error(`${path}: only __(), esc_html__() and esc_attr__() are supported`)
    let note = ''
    for (const [, translators, literal, textDomain] of code.matchAll(TEXT)) {
      if (translators !== undefined) {
        note = translators
        continue
      }
      if (textDomain !== domain) throw new Error(`${path}: the text domain ${textDomain} is not ${domain}`)
      const text = unquote(literal ?? '')
      const message = messages.get(text) ?? { text, notes: [], places: [] }
      if (note !== '' && !message.notes.includes(note)) message.notes.push(note)
      if (!message.places.includes(path)) message.places.push(path)
      messages.set(text, message)
      note = ''
    }
  }
  return [...messages.values()]
}
