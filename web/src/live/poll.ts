import { api } from '../api/api.ts'
import { ApiError } from '../api/errors.ts'
import type { LiveCache } from './live-cache.ts'

const FINAL = new Set([401, 403, 404])

/** Returns an error that a retry can't fix; null for every other error. */
export const finalRefusal = (error: unknown): ApiError | null =>
  error instanceof ApiError && FINAL.has(error.status) ? error : null

/**
 * Reads what the live connection would have sent.
 * @throws ApiError, NoAnswerError
 */
export async function poll(cache: LiveCache, integrationId: string): Promise<void> {
  const params = { path: { integration_id: integrationId } }
  const [types, state, integration] = await Promise.all([
    api.GET('/integration/integrations/{integration_id}/content-types', { params }),
    api.GET('/integration/integrations/{integration_id}/sync-status', { params }),
    api.GET('/integration/integrations/{integration_id}', { params }),
  ])
  cache.setContentTypes(types)
  cache.setSyncState(state)
  cache.setIntegration(integration)
}

/** Asks the API why a live connection was refused, since a WebSocket doesn't say. Null if a retry may succeed. */
export async function whyRefused(integrationId: string): Promise<ApiError | null> {
  const params = { path: { integration_id: integrationId } }
  try {
    await api.GET('/integration/integrations/{integration_id}', { params })
    return null
  } catch (error) {
    return finalRefusal(error)
  }
}
