import { ApiError, type Client, createClient } from '../lib/client.ts'
import { verifyAddress } from '../lib/mail-sink.ts'
import { waitFor } from '../lib/wait.ts'
import { type State, remember } from './state.ts'

/** The demo account: known to everybody, so it only ever exists on this machine's loopback interface. */
export const DEMO_USER = { name: 'Demo', email: 'demo@igny8.test', password: 'demo-password' } as const

/** Variables of an API with the demo user. */
export const DEMO_VARS = { DEMO_SIGN_IN: `${DEMO_USER.email}:${DEMO_USER.password}`, MAIL_SINK: 'on' } as const

type Site = { id: string; url: string }
type ContentType = { label: string; count: number }
export type ContentTypes = {
  connection: string
  post_types: Record<string, ContentType>
  taxonomies: Record<string, ContentType>
}

const CONNECT_TIMEOUT_MS = 30_000

/** Signs the demo user in, up the first time. */
export async function signIn(apiUrl: string): Promise<Client> {
  const client = createClient(apiUrl)
  const { email, password } = DEMO_USER
  try {
    const { token } = await client.post<{ token: string }>('/auth/sign-in/email', { email, password })
    return createClient(apiUrl, token)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error
    const { token } = await client.post<{ token: string }>('/auth/sign-up/email', DEMO_USER)
    await verifyAddress(client, apiUrl, email)
    return createClient(apiUrl, token)
  }
}

/** Makes the demo site and its API key unless an earlier start has; gives the key, which the API shows once only. */
export async function seedSite(client: Client, state: State, url: string): Promise<string> {
  const { results } = await client.get<{ results: Site[] }>('/sites/')
  const found = results.find((site) => site.id === state.demo.siteId)
  const site = found ?? (await client.post<Site>('/sites/', { name: 'IGNY8 demo shop', url }))
  if (found && state.demo.apiKey) return state.demo.apiKey
  const { key } = await client.post<{ key: string }>(`/sites/${site.id}/api-keys/`, { name: 'WordPress plugin' })
  remember(state, { siteId: site.id, apiKey: key })
  return key
}

/** What the API knows of the site; null where it has no integration, or no structure of it yet. */
async function readContentTypes(client: Client, state: State): Promise<ContentTypes | null> {
  const list = `/integration/integrations/?site_id=${state.demo.siteId}`
  const id = (await client.get<{ results: { id: string }[] }>(list)).results[0]?.id
  if (!id) return null
  const types = await client.get<ContentTypes>(`/integration/integrations/${id}/content-types/`)
  return Object.keys(types.post_types).length > 0 ? types : null
}

/** Waits until the API says that the site is connected, and gives what it knows of its content. */
export async function verifyConnection(client: Client, state: State): Promise<ContentTypes> {
  return waitFor('the connection of WordPress', CONNECT_TIMEOUT_MS, async () => {
    const types = await readContentTypes(client, state)
    return types?.connection === 'ready' ? types : undefined
  })
}

/** The connection as the last start left it: whoever revoked the key or switched the site off finds it so again. */
export async function readConnection(client: Client, state: State): Promise<ContentTypes> {
  const nothing = { connection: 'not_connected', post_types: {}, taxonomies: {} }
  return (await readContentTypes(client, state)) ?? nothing
}
