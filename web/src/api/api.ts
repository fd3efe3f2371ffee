import { chosenAccount } from './chosen-account.ts'
import { createApiClient } from './client.ts'
import { takeFirstAnswer } from './first-answers.ts'
import { preferredLocale } from '../i18n/index.ts'

/** The API that served this page. Every request names the chosen account; without one the API chooses. */
export const api = createApiClient({
  baseUrl: window.location.origin,
  headers: (): Record<string, string> => {
    const account = chosenAccount.get()
    // mails are written in the language of the page
    return { 'accept-language': preferredLocale(), ...(account !== null && { 'x-account-id': account }) }
  },
  // read at each call, so that a test can replace it
  fetch: (request) => takeFirstAnswer(request) ?? globalThis.fetch(request),
})
