import { preferredLocale } from '../i18n/index.ts'
import { chosenAccount } from './chosen-account.ts'
import { createApiClient } from './client.ts'

/** The API that served this page. Every request names the chosen account; without one the API chooses. */
export const api = createApiClient({
  baseUrl: window.location.origin,
  headers: (): Record<string, string> => {
    const account = chosenAccount.get()
    // mails come in the language chosen here
    const language = { 'accept-language': preferredLocale() }
    return account === null ? language : { ...language, 'x-account-id': account }
  },
  // read at each call, so that a test can replace it
  fetch: (request) => globalThis.fetch(request),
})
