import { readSource, textOf, type PluginFiles } from '../files.ts'
import { PLUGIN_SLUG } from '../../../src/contract/plugin-updates.ts'
import { extractMessages, type Message } from './extract.ts'
import { compileMo, compilePhp, parsePo, renderTemplate, renderTranslation, type Translations } from './files.ts'

/** Languages that the plugin has texts in, besides English. */
export const LOCALES = ['de_DE']

const fileOf = (rest: string) => `languages/${PLUGIN_SLUG}${rest}`
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Translations of texts that there are; those of texts that are gone go too. */
export function translationsOf(files: PluginFiles, messages: Message[], locale: string): Translations {
  const all = parsePo(textOf(files, fileOf(`-${locale}.po`)))
  return new Map(
    messages.flatMap(({ text }) => {
      const translation = all.get(text)
      return translation === undefined ? [] : [[text, translation] as const]
    }),
  )
}

/** All files of the folder `languages/`, as the code and the translators' files make them: path => bytes. */
export function makeLanguages(files: PluginFiles = readSource()): PluginFiles {
  const messages = extractMessages(files, PLUGIN_SLUG)
  const made = new Map([[fileOf('.pot'), encode(renderTemplate(messages, PLUGIN_SLUG))]])
  for (const locale of LOCALES) {
    const translations = translationsOf(files, messages, locale)
    made.set(fileOf(`-${locale}.po`), encode(renderTranslation(messages, translations, locale)))
    made.set(fileOf(`-${locale}.mo`), compileMo(translations, locale))
    made.set(fileOf(`-${locale}.l10n.php`), encode(compilePhp(translations, locale, PLUGIN_SLUG)))
  }
  return made
}
