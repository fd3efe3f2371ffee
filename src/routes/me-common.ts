import { API_PREFIX } from '../contract/common.ts'
import { SignedIn } from '../contract/people.ts'

export const BASE = `${API_PREFIX}/me`

// a person looks after themselves, also without an account, or before they have the second factor that it requires
export const common = {
  tag: 'me',
  throttle: 'integration',
  access: { kind: 'person', role: 'viewer', withoutAccount: true, withoutTwoFactor: true },
} as const
export const sensitive = { ...common, access: { ...common.access, fresh: true } } as const

export const replaced = { 200: { description: 'Done; this session is replaced by a new one', schema: SignedIn } }
export const done = { 204: { description: 'Done', schema: null } }
