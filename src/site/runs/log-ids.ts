import type { LogIds } from '../../lib/log.ts'
import type { CallingKey, IntegrationRef } from '../rpc.ts'
import type { LeasedRun } from '../replica/tables/runs.ts'

/** What a call of the object is for, as the log names it. */
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

export const idsOfIntegration = (integrationRef: Pick<IntegrationRef, 'siteId' | 'integrationId'> | null): LogIds =>
  integrationRef ? { site_id: integrationRef.siteId, integration_id: integrationRef.integrationId } : {}

/** A run belongs to the request that started it, whoever has it go on. */
export const idsOfRun = (run: Pick<LeasedRun, 'id' | 'requestId' | 'siteId' | 'integrationId'>): LogIds => ({
  ...idsOfIntegration(run),
  request_id: run.requestId,
  run_id: run.id,
})
