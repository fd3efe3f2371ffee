/** Refusals of connecting by consent. Their shape is that of errors.ts. */
export const CONNECT_ERRORS = {
  return_address_foreign: {
    status: 400,
    title: 'The way back does not lead to this site’s wp-admin',
    fix: 'Open wp-admin of the site itself and press “Connect to IGNY8” there, or connect with an API key.',
  },
  connected_elsewhere: {
    status: 409,
    title: 'This site is connected to another account of IGNY8',
    fix: 'Choose that account, or press Disconnect in wp-admin under Settings → IGNY8 first.',
  },
  connect_request_invalid: {
    status: 400,
    title: 'This request to connect is not valid',
    fix: 'Open the site in IGNY8 and press “Connect” there again.',
  },
  connect_request_expired: {
    status: 410,
    title: 'This request to connect has expired',
    fix: 'Open the site in IGNY8 and press “Connect” there again.',
  },
  connect_code_invalid: {
    status: 400,
    title: 'The code of this connection is not valid',
    fix: 'Press “Connect to IGNY8” in wp-admin again.',
  },
  connect_code_expired: {
    status: 410,
    title: 'The code of this connection has expired',
    fix: 'Press “Connect to IGNY8” in wp-admin again. A code is valid for a minute.',
  },
  connect_code_used: {
    status: 410,
    title: 'The code of this connection was used before',
    fix: 'Press “Connect to IGNY8” in wp-admin again.',
  },
  connect_code_other_site: {
    status: 409,
    title: 'The code belongs to another site',
    fix: 'Press “Connect to IGNY8” in wp-admin of the site that you want to connect.',
  },
} as const
