/**
 * `npm run plugin:texts`: after a text of the plugin was added or changed. Brings the template and the translators' files up to
 * date, and makes of them what WordPress reads. Says which texts still need a translation.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PLUGIN_SLUG } from '../src/contract/plugin-updates.ts'
import { PLUGIN } from './lib/paths.ts'
import { readSource } from './plugin/files.ts'
import { extractMessages } from './plugin/texts/extract.ts'
import { LOCALES, makeLanguages, translationsOf } from './plugin/texts/languages.ts'

const source = readSource()
for (const [path, bytes] of makeLanguages(source)) writeFileSync(join(PLUGIN, path), bytes)
const messages = extractMessages(source, PLUGIN_SLUG)
for (const locale of LOCALES) {
  const translations = translationsOf(source, messages, locale)
  const missing = messages.filter(({ text }) => !translations.has(text))
  console.log(`${locale}: ${translations.size} of ${messages.length} texts`)
  for (const { text } of missing) console.log(`  ${text}`)
}
