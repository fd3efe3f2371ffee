import { toBase64Url } from '../../src/lib/base64.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'
import { inAccount, type Person } from './identity.ts'
import { call } from './openapi.ts'

const random = () => toBase64Url(crypto.getRandomValues(new Uint8Array(32)))

export async function challengeOf(verifier: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))))
}

/** What a plugin brings along when it asks for a connection. */
export interface Asking {
  ask: {
    site_url: string
    return_url: string
    state: string
    challenge: string
    site_name?: string
    current_site_id?: string
    token?: string
    types: { slug: string; label: string; count: number; enabled: boolean }[]
  }
  verifier: string
  signingSecret: string
}

/** A plugin that asks, at the address of its site. */
export async function startAsking(url: string): Promise<Asking> {
  const verifier = random()
  return {
    ask: {
      site_url: url,
      return_url: `${url}/wp-admin/options-general.php?page=igny8`,
      state: random(),
      challenge: await challengeOf(verifier),
      site_name: 'A shop',
      types: [
        { slug: 'post', label: 'Posts', count: 123, enabled: true },
        { slug: 'page', label: 'Pages', count: 12, enabled: true },
        { slug: 'product', label: 'Products', count: 7, enabled: false },
      ],
    },
    verifier,
    signingSecret: createSigningSecret(),
  }
}

export const question = (person: Person, { ask }: Asking, account = person) =>
  call('POST /api/v1/connect/question/', { token: person.token, headers: inAccount(account), body: ask })

export const approve = (person: Person, { ask }: Asking, extra: object = {}, account = person) =>
  call('POST /api/v1/connect/approve/', {
    token: person.token,
    headers: inAccount(account),
    body: { ...ask, replaces: null, ...extra },
  })

/** The code that the browser brings back. */
export const codeIn = (answer: Awaited<ReturnType<typeof approve>>): string =>
  new URL(answer.body.redirect_url).searchParams.get('igny8_code') ?? ''

export const exchange = ({ ask, verifier, signingSecret }: Asking, code: string, extra: object = {}) =>
  call('POST /api/v1/connect/exchange/', {
    body: { code, verifier, site_url: ask.site_url, signing_secret: signingSecret, ...extra },
  })
