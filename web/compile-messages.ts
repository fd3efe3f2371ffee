import compile from 'icu-minify/compile'
import type { Plugin } from 'vite'

const FILE = /\/i18n\/[a-z]{2}\/([a-z-]+)\.ts$/
/** What gathers messages, and what the API's errors are called, which is read as it is, not formatted. */
const UNFORMATTED = new Set(['base', 'errors', 'files', 'index', 'link-errors'])

type Messages = { [key: string]: string | Messages }

const compileAll = (messages: Messages): object =>
  Object.fromEntries(
    Object.entries(messages).map(([key, value]) => [
      key,
      typeof value === 'string' ? compile(value) : compileAll(value),
    ]),
  )

/**
 * Messages are parsed when the page is built, so that no parser of messages is a part of it: a fifteenth of what every
 * page has to load before it can be used. While developing and in tests they are parsed when they are shown.
 */
export const compiledMessages = (): Plugin => ({
  name: 'igny8-compiled-messages',
  apply: 'build',
  config: () => ({ resolve: { alias: { 'use-intl/format-message': 'use-intl/format-message/format-only' } } }),
  async load(id) {
    const [, file] = FILE.exec(id) ?? []
    if (file === undefined || UNFORMATTED.has(file)) return null
    const areas = (await import(id)) as Messages
    const constants = Object.entries(compileAll(areas))
    return constants.map(([area, messages]) => `export const ${area} = ${JSON.stringify(messages)}`).join('\n')
  },
})
