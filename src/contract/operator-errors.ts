/** Errors of operators, and of accounts that they have suspended. Their shape is that of errors.ts. */
export const OPERATOR_ERRORS = {
  operator_factor_required: {
    status: 403,
    title: 'Operators need a second factor',
    fix: 'Set up an authenticator app or a passkey under “Your account”; if you have one, sign in with it.',
  },
  person_not_found: {
    status: 404,
    title: 'Nobody has this e-mail address',
    fix: 'They sign up first, with this address.',
  },
  person_unverified: {
    status: 409,
    title: 'The e-mail address is not verified',
    fix: 'The person opens the link in the mail that they got when they signed up.',
  },
  account_suspended: {
    status: 403,
    title: 'The account is suspended',
    fix: 'Nothing is lost: what is there can be read and exported. An owner of the account knows why, and whom to ask.',
  },
  account_not_found: { status: 404, title: 'Account not found', fix: 'Check the id.' },
} as const
