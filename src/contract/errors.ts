import * as z from 'zod'
import { EvidenceStep } from './evidence.ts'
import { PollingOffer } from './polling.ts'
import { CONNECTION_ERRORS } from './connection-errors.ts'
import { LIMIT_ERRORS } from './limit-errors.ts'
import { DELETION_ERRORS } from './deletion-errors.ts'
import { LINK_ERRORS } from './link-errors.ts'
import { PEOPLE_ERRORS } from './people-errors.ts'
import { MAIL_ERRORS } from './mail-errors.ts'

interface ErrorEntry {
  /** HTTP status */
  status: number
  /** What is wrong. The same for every occurrence. */
  title: string
  /** One thing a person can do about it. */
  fix: string
}

const API_ERRORS = {
  malformed_json: { status: 400, title: 'The body is not valid JSON', fix: 'Send one JSON document in UTF-8.' },
  validation_error: {
    status: 400,
    title: 'The request is not valid',
    fix: 'Correct the fields listed in errors and send the request again.',
  },
  too_many_types: {
    status: 400,
    title: 'Too many content types',
    fix: 'Send at most 500 post types and 500 taxonomies; unregister types that no longer exist.',
  },
  negative_count: { status: 400, title: 'A count is negative', fix: 'Send counts of zero or more.' },
  markup_in_label: { status: 400, title: 'A label contains markup', fix: 'Send labels as plain text.' },
  invalid_slug: {
    status: 400,
    title: 'A type has an invalid slug',
    fix: 'Use at most 32 characters of a to z, 0 to 9, _ and -.',
  },
  item_too_large: { status: 400, title: 'The item is too large', fix: 'Shorten it to at most 1,500,000 bytes.' },
  parent_not_found: {
    status: 400,
    title: 'The parent is not an item of this site',
    fix: 'Send the id of an item of the same site.',
  },
  future_date_required: {
    status: 400,
    title: 'Scheduling needs a future date',
    fix: 'Send a future date. To publish at once, send the status publish and no date.',
  },
  unknown_content_type: {
    status: 400,
    title: 'The site has no such content type',
    fix: 'Use one of the site’s content types. If the type is new, send the site structure first.',
  },
  invalid_cursor: { status: 400, title: 'The cursor is not valid', fix: 'Start again without a cursor.' },
  invalid_idempotency_key: {
    status: 400,
    title: 'The Idempotency-Key is not valid',
    fix: 'Send 1 to 200 visible ASCII characters.',
  },
  signature_missing: {
    status: 401,
    title: 'A webhook header is missing',
    fix: 'Send webhook-id, webhook-timestamp and webhook-signature.',
  },
  timestamp_out_of_range: {
    status: 401,
    title: 'The webhook’s timestamp is too old or too new',
    fix: 'Set the clock of the site. It may be five minutes off at most.',
  },
  signature_invalid: {
    status: 401,
    title: 'The webhook’s signature is not valid',
    fix: 'Connect the plugin again, so that both sides use the same secret.',
  },
  credentials_missing: {
    status: 401,
    title: 'The request has no credentials',
    fix: 'Sign in, or send an API key as Authorization: Bearer.',
  },
  invalid_session: { status: 401, title: 'The session is not valid', fix: 'Sign in again.' },
  invalid_credentials: { status: 401, title: 'Wrong e-mail address or password', fix: 'Check both and try again.' },
  api_key_malformed: {
    status: 401,
    title: 'This is not an API key',
    fix: 'Copy the whole key, from igny8_ to its last character.',
  },
  api_key_unknown: {
    status: 401,
    title: 'The API key is not valid',
    fix: 'Create a new key in Site Settings and connect with it.',
  },
  api_key_revoked: {
    status: 401,
    title: 'The API key was revoked',
    fix: 'Create a new key in Site Settings and connect with it.',
  },
  api_key_expired: {
    status: 401,
    title: 'The API key has expired',
    fix: 'Create a new key in Site Settings and connect with it.',
  },
  invalid_api_key: {
    status: 403,
    title: 'The API key is not valid for this site',
    fix: 'Use a key that was created for this site and is still valid.',
  },
  role_too_low: { status: 403, title: 'Your role does not allow this', fix: 'Ask an admin or owner of the account.' },
  insufficient_scope: {
    status: 403,
    title: 'The API key does not allow this',
    fix: 'Use a key that has the scope named in detail.',
  },
  person_required: { status: 403, title: 'An API key cannot do this', fix: 'Sign in as a person.' },
  user_inactive: { status: 403, title: 'This user is deactivated', fix: 'Ask an owner of the account.' },
  no_account: { status: 403, title: 'You are in no account', fix: 'Ask for an invitation, or make a new account.' },
  site_inactive: { status: 403, title: 'The site is switched off', fix: 'Switch the site on in its settings.' },
  origin_not_allowed: {
    status: 403,
    title: 'Requests from this origin are not allowed',
    fix: 'Send the request from the web app, or with a Bearer token.',
  },
  not_found: { status: 404, title: 'Not found', fix: 'Check the address and the id.' },
  site_not_found: {
    status: 404,
    title: 'Site not found',
    fix: 'Check the site id, and that the key was created for this site.',
  },
  integration_not_found: {
    status: 404,
    title: 'Integration not found',
    fix: 'Check the id; connect the site again if it was deleted.',
  },
  api_key_not_found: { status: 404, title: 'API key not found', fix: 'Check the id.' },
  item_not_found: { status: 404, title: 'Item not found', fix: 'Check the id.' },
  run_not_found: { status: 404, title: 'Run not found', fix: 'Check the id; old runs are deleted.' },
  member_not_found: { status: 404, title: 'Member not found', fix: 'Check the id.' },
  endpoint_not_found: { status: 404, title: 'Notification endpoint not found', fix: 'Check the id; it may be gone.' },
  delivery_not_found: { status: 404, title: 'Delivery not found', fix: 'Check the id; old deliveries are deleted.' },
  invitation_not_found: {
    status: 404,
    title: 'Invitation not found',
    fix: 'Ask for a new invitation, and accept it with the e-mail address it was sent to.',
  },
  demo_unavailable: { status: 404, title: 'This server has no demo', fix: 'Sign in with e-mail and password.' },
  method_not_allowed: { status: 405, title: 'Method not allowed', fix: 'Use one of the methods in the Allow header.' },
  no_conflict: {
    status: 409,
    title: 'The item has no such conflict',
    fix: 'Read the item again. The conflict may already be resolved.',
  },
  resolution_incomplete: {
    status: 409,
    title: 'The conflict is only partly resolved',
    fix: 'Choose a side for every field of the conflict.',
  },
  nothing_to_undo: {
    status: 409,
    title: 'There is nothing to undo',
    fix: 'Only the last resolution of a conflict can be undone.',
  },
  not_failed: { status: 409, title: 'The item has not failed', fix: 'Retry only failed items.' },
  item_deleted: {
    status: 409,
    title: 'The item was deleted',
    fix: 'Create a new item, or resolve the conflict if there is one.',
  },
  item_unreadable: {
    status: 409,
    title: 'The item could not be read yet',
    fix: 'Fix the item’s error first, then edit it.',
  },
  body_read_only: {
    status: 409,
    title: 'The text of this item can’t be edited here',
    fix: 'Edit the text in the page builder. Everything else can be changed here.',
  },
  not_in_trash: {
    status: 409,
    title: 'The item is not in the trash',
    fix: 'Move it to the trash first. Only an item that is in the trash on both sides can be deleted permanently.',
  },
  nothing_to_restore: {
    status: 409,
    title: 'There is nothing to restore',
    fix: 'Only items that are in the trash or deleted can be restored.',
  },
  trash_off: {
    status: 409,
    title: 'The site keeps no trash',
    fix: 'Delete it in WordPress, or switch the trash on there (EMPTY_TRASH_DAYS; for media also MEDIA_TRASH).',
  },
  type_denied: {
    status: 409,
    title: 'The site’s owner has switched this type off in WordPress',
    fix: 'Ask the owner to allow it in wp-admin, under Settings → IGNY8.',
  },
  seo_unavailable: {
    status: 409,
    title: 'The site has no SEO plugin for these fields',
    fix: 'Activate Yoast SEO, Rank Math, All in One SEO or SEOPress on the site and update IGNY8’s plugin, then sync.',
  },
  robots_unsupported: {
    status: 409,
    title: 'The site’s SEO plugin can’t store these robots directives',
    fix: 'Choose only directives named in detail.',
  },
  integration_exists: {
    status: 409,
    title: 'The site already has this integration',
    fix: 'Use the existing one, or delete it first.',
  },
  site_url_taken: {
    status: 409,
    title: 'Another site has this address',
    fix: 'Change or delete the other site in IGNY8. If this site is a copy, choose that in wp-admin.',
  },
  sync_disabled: { status: 409, title: 'Sync is switched off', fix: 'Switch sync on for this integration.' },
  email_taken: { status: 409, title: 'This e-mail address already has an account', fix: 'Sign in instead.' },
  already_member: {
    status: 409,
    title: 'This person is already a member',
    fix: 'Change the role of the member instead.',
  },
  last_owner: { status: 409, title: 'An account needs an owner', fix: 'Make somebody else owner first.' },
  api_key_inactive: { status: 409, title: 'The API key is no longer active', fix: 'Create a new key.' },
  conflict: { status: 409, title: 'It has changed since you read it', fix: 'Read it again and repeat the change.' },
  too_many_endpoints: {
    status: 409,
    title: 'The account has too many notification endpoints',
    fix: 'Delete an endpoint that is no longer needed.',
  },
  delivery_pending: { status: 409, title: 'The delivery is still pending', fix: 'Wait for its next attempt.' },
  endpoint_inactive: { status: 409, title: 'The notification endpoint is switched off', fix: 'Switch it on first.' },
  request_in_progress: {
    status: 409,
    title: 'A request with this Idempotency-Key is still running',
    fix: 'Repeat it after Retry-After seconds.',
  },
  body_too_large: { status: 413, title: 'The body is too large', fix: 'Send at most 1,900,000 bytes.' },
  unsupported_media_type: {
    status: 415,
    title: 'The body is not JSON',
    fix: 'Send Content-Type: application/json, uncompressed.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    fix: 'Use a new key for a new request.',
  },
  upgrade_required: {
    status: 426,
    title: 'This endpoint is a WebSocket',
    fix: 'Send Upgrade: websocket, as browsers do with new WebSocket().',
  },
  too_many_requests: { status: 429, title: 'Too many requests', fix: 'Try again after Retry-After seconds.' },
  internal_error: {
    status: 500,
    title: 'Something went wrong in IGNY8',
    fix: 'Try again. If it keeps failing, send support the request_id.',
  },
  unsupported_platform: { status: 501, title: 'This platform is not supported yet', fix: 'Use wordpress.' },
  unavailable: { status: 503, title: 'Temporarily unavailable', fix: 'Try again after Retry-After seconds.' },
} as const satisfies Record<string, ErrorEntry>

/** Every error code with its status, title and fix. */
export const ERRORS = {
  ...API_ERRORS,
  ...LIMIT_ERRORS,
  ...PEOPLE_ERRORS,
  ...MAIL_ERRORS,
  ...CONNECTION_ERRORS,
  ...DELETION_ERRORS,
  ...LINK_ERRORS,
} as const satisfies Record<string, ErrorEntry>
export type ErrorCode = keyof typeof ERRORS

/** Narrows a value to an error code of this API. */
export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code)

export const FieldError = z.lazy(() =>
  z
    .object({
      path: z.string().meta({ description: 'Path of the field, for example `body.post_types.post.count`' }),
      code: z.string(),
      message: z.string(),
    })
    .meta({ id: 'FieldError' }),
)
export type FieldError = z.infer<typeof FieldError>

/** `application/problem+json` (RFC 9457). */
export const Problem = z.lazy(() =>
  z
    .object({
      type: z.string(),
      title: z.string(),
      status: z.number().int(),
      detail: z.string(),
      code: z.string(),
      fix: z.string(),
      request_id: z.string(),
      errors: z.array(FieldError).optional(),
      evidence: z.array(EvidenceStep).optional().meta({ description: 'The requests sent to the site and its answers' }),
      polling: PollingOffer.optional().meta({
        description: 'How to connect by polling if the API can’t call the site',
      }),
    })
    .meta({ id: 'Problem' }),
)
export type Problem = z.infer<typeof Problem>
