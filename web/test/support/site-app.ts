import type { Integration, Role } from '../../src/api/types.ts'
import { type Answers, type FakeApi, fakeApi } from './fake-api.ts'
import { sampleIntegration, sampleSession, sampleSite } from './samples.ts'

export const INTEGRATIONS = 'GET /api/v1/integration/integrations'
export const KEYS = 'GET /api/v1/sites/site_1/api-keys'

export const onePage = (results: unknown[]) => ({ body: { results, next: null } })

/** Fake API of a signed-in person with one site; `null` for no integration. */
export const siteApp = (
  { role = 'owner', integration = sampleIntegration() }: { role?: Role; integration?: Integration | null },
  more: Answers = {},
): FakeApi =>
  fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession(role) },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    'GET /api/v1/sites': onePage([sampleSite()]),
    [INTEGRATIONS]: onePage(integration ? [integration] : []),
    [KEYS]: onePage([]),
    'GET /api/v1/integration/integrations/int_1/authors': onePage([]),
    'GET /api/v1/integration/integrations/int_1/connection-change': { body: { change: null } },
    ...more,
  })
