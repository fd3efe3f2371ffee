import { CONNECT_ERRORS } from './connect-errors.ts'

/** Refusals about who may speak for a site: what an API key alone may not do, and what can't be a signed message. */
export const CONNECTION_ERRORS = {
  ...CONNECT_ERRORS,
  connection_change_needs_confirmation: {
    status: 409,
    title: 'A person must confirm this change of the connection',
    fix: 'Open the site in IGNY8 and confirm the change under Connection. The plugin then connects by itself.',
  },
  connection_change_refused: {
    status: 409,
    title: 'This change of the connection was refused in IGNY8',
    fix: 'Ask whoever refused it. To ask again, press Connect in the plugin.',
  },
  signature_required: {
    status: 403,
    title: 'The API key alone can’t do this',
    fix: 'Sign the request with the connection’s secret, as the plugin does, or sign in as a person.',
  },
  webhook_id_invalid: {
    status: 400,
    title: 'The webhook-id is not valid',
    fix: 'Send 1 to 100 visible ASCII characters, the same for every attempt.',
  },
  connection_change_not_found: {
    status: 404,
    title: 'No change of the connection waits',
    fix: 'Reload the page. It may have been confirmed, refused, replaced by a newer one, or have expired.',
  },
} as const
