import type { LogIds } from '../../lib/log.ts'
import type { LeasedRun } from '../replica/tables/runs.ts'
import type { CallingKey, IntegrationRef } from '../rpc.ts'
import type { SiteFailure } from '../transport/failure.ts'

/** The ids that log lines of a call to the object carry. */
export const idsOfCall = ({
  siteId,
  integrationId,
  requestId,
  pluginRequestId,
}: CallingKey & { integrationId?: string }): LogIds => ({
  site_id: siteId,
  ...(integrationId !== undefined && { integration_id: integrationId }),
  ...(requestId !== undefined && { request_id: requestId }),
  ...(pluginRequestId !== undefined && { plugin_request_id: pluginRequestId }),
})

export const idsOfIntegration = (integration: Pick<IntegrationRef, 'siteId' | 'integrationId'> | null): LogIds =>
  integration ? { site_id: integration.siteId, integration_id: integration.integrationId } : {}

/** A run logs under the request that started it, whichever alarm or poll continues it. */
export const idsOfRun = (run: Pick<LeasedRun, 'id' | 'requestId' | 'siteId' | 'integrationId'>): LogIds => ({
  ...idsOfIntegration(run),
  request_id: run.requestId,
  run_id: run.id,
})

/** The request id in the site's answer: equal to ours if the request reached the plugin. */
export const pluginIdOf = ({ pluginRequestId }: SiteFailure) =>
  pluginRequestId === null ? {} : { plugin_request_id: pluginRequestId }
