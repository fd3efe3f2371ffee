import type { ErrorCode } from '../contract/errors.ts'
import type { Access } from '../middleware/authorize.ts'
import type { Route } from './define.ts'

const BAD_KEYS: readonly ErrorCode[] = ['api_key_malformed', 'api_key_unknown', 'api_key_revoked', 'api_key_expired']
const BAD_CREDENTIALS: readonly ErrorCode[] = ['invalid_session', ...BAD_KEYS]
const NEEDS_PERSON: readonly ErrorCode[] = [
  'credentials_missing',
  'role_too_low',
  'user_inactive',
  'no_account',
  'two_factor_required',
]

const BY_ACCESS: Record<Access['kind'], readonly ErrorCode[]> = {
  public: [],
  operator: ['operator_token_invalid'],
  platform: ['credentials_missing', 'invalid_session', 'user_inactive', 'not_found', 'operator_factor_required'],
  optional: [...BAD_CREDENTIALS, ...NEEDS_PERSON, 'account_suspended'],
  person: [...BAD_CREDENTIALS, ...NEEDS_PERSON, 'person_required', 'site_inactive', 'account_suspended'],
  api_key: [...BAD_KEYS, 'credentials_missing', 'insufficient_scope', 'site_inactive', 'account_suspended'],
  member: [...BAD_CREDENTIALS, ...NEEDS_PERSON, 'insufficient_scope', 'site_inactive', 'account_suspended'],
}

/** A part of a file that is too large is answered as one, and never as a body. */
const OF_UPLOADS: readonly ErrorCode[] = [
  'unsupported_media_type',
  'file_too_large',
  'file_damaged',
  'file_line_invalid',
]
const OF_BODIES: readonly ErrorCode[] = ['malformed_json', 'validation_error', 'unsupported_media_type']
/** Applies to every method that can have a body, even if the route takes none. */
const OF_SIZE: readonly ErrorCode[] = ['body_too_large']
const OF_WRITES: readonly ErrorCode[] = [
  'invalid_idempotency_key',
  'idempotency_key_reused',
  'request_in_progress',
  'answer_not_kept',
  'origin_not_allowed',
]

const isWithoutTwoFactor = ({ access }: Route) => access.kind === 'person' && access.withoutTwoFactor === true

/** All error codes of a route: those it declares, and those that its access, input and method imply. */
export function errorsOf(route: Route): ErrorCode[] {
  const hasInput = route.query !== undefined || route.params !== undefined
  return [
    ...new Set<ErrorCode>([
      ...BY_ACCESS[route.access.kind].filter((code) => !isWithoutTwoFactor(route) || code !== 'two_factor_required'),
      ...('fresh' in route.access && route.access.fresh ? (['recent_sign_in_required'] as const) : []),
      ...(route.body ? OF_BODIES : []),
      ...(route.upload ? OF_UPLOADS : []),
      ...(route.method === 'get' ? [] : OF_SIZE),
      ...(hasInput ? (['validation_error'] as const) : []),
      ...(route.method !== 'get' && route.access.kind !== 'public' ? OF_WRITES : []),
      ...(route.errors ?? []),
      // a deployment resets the site's object; D1 has passing faults
      'unavailable',
      'too_many_requests',
      'internal_error',
    ]),
  ]
}
