import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './schema.gen.ts'

export type ApiClient = Client<paths>

interface ApiClientOptions {
  /** Origin of the API; empty where the page comes from it. */
  baseUrl: string
  /** Session token or API key; browsers send their cookie instead. */
  token?: string
  fetch?: (request: Request) => Promise<Response>
}

/** The API with its types, as its document describes it. Answers are `{ data }` or `{ error }`, a problem. */
export function createApiClient({ baseUrl, token, fetch }: ApiClientOptions): ApiClient {
  return createClient<paths>({
    baseUrl,
    credentials: 'include',
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    ...(fetch && { fetch }),
  })
}
