import compile from 'icu-minify/compile'
import type { Plugin } from 'vite'

/** What the API's errors are called is read as it is, not formatted. */
const UNFORMATTED = 'errors'

type Messages = { [key: string]: string | Messages }

const compileAll = (messages: Messages): object =>
  Object.fromEntries(
    Object.entries(messages).map(([key, value]) => [
      key,
      key === UNFORMATTED ? value : typeof value === 'string' ? compile(value) : compileAll(value),
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
    if (!/\/i18n\/[a-z]{2}\/index\.ts$/.test(id)) return null
    const { messages } = (await import(id)) as { messages: Messages }
    return `export const messages = ${JSON.stringify(compileAll(messages))}`
  },
})
