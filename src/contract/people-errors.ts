/** Errors of a person's own account: passwords, codes, passkeys, links and sessions. See errors.ts. */
export const PEOPLE_ERRORS = {
  common_password: {
    status: 400,
    title: 'This password is too common',
    fix: 'Choose one that others don’t use: four random words, for example.',
  },
  personal_password: {
    status: 400,
    title: 'The password is your name or e-mail address',
    fix: 'Choose one that doesn’t follow from your name or e-mail address.',
  },
  wrong_password: { status: 400, title: 'The password is wrong', fix: 'Type the password that you sign in with.' },
  wrong_code: {
    status: 400,
    title: 'The code is wrong or was used before',
    fix: 'Type the code that your app shows now; codes change every 30 seconds. A recovery code works once.',
  },
  invalid_link: {
    status: 400,
    title: 'The link is not valid any more',
    fix: 'Ask for a new one. A link works once and for a short time.',
  },
  passkey_refused: {
    status: 400,
    title: 'The passkey was not accepted',
    fix: 'Try again within five minutes, with a passkey of this site.',
  },
  second_step_over: {
    status: 401,
    title: 'This sign-in is over',
    fix: 'Sign in with your password again.',
  },
  email_unverified: {
    status: 403,
    title: 'Your e-mail address is not verified',
    fix: 'Open the link that we sent you, or have it sent again under “Your account”.',
  },
  two_factor_required: {
    status: 403,
    title: 'This account requires a second factor',
    fix: 'Set up an authenticator app or a passkey under “Your account”; if you have one, sign in with it.',
  },
  recent_sign_in_required: {
    status: 403,
    title: 'This needs your password again',
    fix: 'Send your password to /api/v1/me/confirm, or sign in again, and repeat the request within 15 minutes.',
  },
  session_not_found: { status: 404, title: 'Session not found', fix: 'Check the id; the session may have ended.' },
  passkey_not_found: { status: 404, title: 'Passkey not found', fix: 'Check the id; it may have been removed.' },
  email_verified: { status: 409, title: 'The address is verified already', fix: 'There is nothing to do.' },
  two_factor_on: {
    status: 409,
    title: 'An authenticator app is set up already',
    fix: 'Remove it first, then set up the new one.',
  },
  two_factor_off: { status: 409, title: 'No authenticator app is set up', fix: 'Set one up first.' },
  second_factor_missing: {
    status: 409,
    title: 'You have no second factor in this session',
    fix: 'Set one up, and sign in with it; otherwise you would lock yourself out.',
  },
  too_many_passkeys: { status: 409, title: 'You have too many passkeys', fix: 'Remove one that you no longer use.' },
} as const
