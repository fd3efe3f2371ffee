import { beforeAll, expect, test } from 'vitest'
import { beginRun, writeProjection } from '../../../src/db/projection.ts'
import { createTestContext } from '../../support/identity.ts'
import { connectSiteWithStructure, lastEvent, readIntegration } from '../../support/integration.ts'
import { playInternet } from '../../support/plugin.ts'

beforeAll(playInternet)

test('the start of a run fences earlier runs: they change neither the row nor the events', async () => {
  const { integrationId, siteId, owner } = await connectSiteWithStructure()
  const ctx = createTestContext({ kind: 'system', accountId: owner.accountId })
  const integration = { integrationId, siteId, accountId: owner.accountId }
  const [earlier, later] = [await beginRun(ctx, integration), await beginRun(ctx, integration)]
  const before = await readIntegration(integrationId)
  const counts = { post_types: { post: { synced: 1, failed: 0, conflict: 0 } }, taxonomies: {} }
  const write = (epoch: number | undefined, action: string) =>
    writeProjection(ctx, integration, {
      epoch: epoch ?? -1,
      counts,
      status: 'success',
      isSynced: true,
      event: { action, startedAt: Date.now() },
    })
  expect(await write(earlier?.syncEpoch, 'sync')).toBe(false)
  expect(await readIntegration(integrationId)).toEqual(before)
  expect(await lastEvent(integrationId, 'sync')).toBeUndefined()
  expect(await write(later?.syncEpoch, 'sync')).toBe(true)
  expect(await readIntegration(integrationId)).toMatchObject({ syncStatus: 'success', counts })
  expect(await lastEvent(integrationId, 'sync')).toMatchObject({ success: true })
})
