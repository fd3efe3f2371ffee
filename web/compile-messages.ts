import compile from 'icu-minify/compile'
import type { Plugin } from 'vite'

const FILE = /\/i18n\/[a-z]{2}\/([a-z-]+)\.ts$/
/** Files without ICU messages: indexes, and the texts of the API's errors. */
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
 * Parses ICU messages at build time, so that the page contains no message parser, which would be a fifteenth of its initial
 * load. In development and tests, messages are parsed when they are shown.
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
