import type { Profile, ApiKey, Integration, Session, Site } from '../../src/api/types.ts'

const AT = '2026-11-21T10:00:00.000Z'

export const sampleSession = (role: Session['account']['role'] = 'owner'): Session => {
  const account = { id: 'acc_1', name: 'Acme', role }
  const user = { id: 'usr_1', name: 'Ada Editor', email: 'ada@example.com', email_verified: true, created_at: AT }
  const expires = { expires_at: '2026-12-21T10:00:00.000Z' }
  return {
    user,
    accounts: [account],
    account,
    two_factor_missing: false,
    ...expires,
    sends_mail: true,
    suspension: null,
    is_operator: false,
  }
}

export const sampleProfile = (patch: Partial<Profile> = {}): Profile => ({
  user: sampleSession().user,
  new_email: null,
  totp: false,
  recovery_codes_left: null,
  second_factor: false,
  confirmed_until: null,
  ...patch,
})

export const sampleSite = (patch: Partial<Site> = {}): Site => ({
  id: 'site_1',
  name: 'Example',
  url: 'https://example.com',
  is_active: true,
  created_at: AT,
  updated_at: AT,
  ...patch,
})

export const sampleIntegration = (patch: Partial<Integration> = {}): Integration => ({
  id: 'int_1',
  site_id: 'site_1',
  platform: 'wordpress',
  site_url: 'https://example.com',
  is_active: true,
  sync_enabled: true,
  sync_status: 'success',
  connection: 'ready',
  connection_reason: null,
  health: { state: 'ready', reason: null, since: AT, last_verified_at: AT, next_check_at: AT },
  transport: 'direct',
  last_poll_at: null,
  expected_latency_s: null,
  api_key: 'igny8_ab12…9xYz',
  config_json: {},
  item_counts: { synced: 45, failed: 0, conflicts: 0 },
  last_sync_at: AT,
  created_at: AT,
  updated_at: AT,
  ...patch,
})

export const sampleKey = (patch: Partial<ApiKey> = {}): ApiKey => ({
  id: 'key_1',
  site_id: 'site_1',
  name: 'WordPress plugin',
  key: 'igny8_ab12…9xYz',
  scopes: ['integration:read', 'integration:write', 'content:read', 'content:write'],
  status: 'active',
  expires_at: null,
  last_used_at: null,
  created_at: AT,
  ...patch,
})
