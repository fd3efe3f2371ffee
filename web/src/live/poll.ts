import { api } from '../api/api.ts'
import { ApiError } from '../api/errors.ts'
import type { LiveCache } from './live-cache.ts'

const FINAL = new Set([401, 403, 404])

/** What stays refused however often it is tried; null for everything that may pass. */
export const finalRefusal = (error: unknown): ApiError | null =>
  error instanceof ApiError && FINAL.has(error.status) ? error : null

/**
 * Asks for what the live connection would have told.
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

/** Why a live connection was refused, if for good: the API says it where a WebSocket can't. */
export async function whyRefused(integrationId: string): Promise<ApiError | null> {
  const params = { path: { integration_id: integrationId } }
  try {
    await api.GET('/integration/integrations/{integration_id}', { params })
    return null
  } catch (error) {
    return finalRefusal(error)
  }
}
