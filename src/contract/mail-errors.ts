/** Errors about addresses, mail and guessing: status, title and fix by code. */
export const MAIL_ERRORS = {
  unsubscribe_link_invalid: {
    status: 404,
    title: 'This link to unsubscribe is not valid',
    fix: 'Open the link of a newer e-mail, or change it in your notification settings.',
  },
  too_many_attempts: {
    status: 429,
    title: 'Too many wrong passwords',
    fix: 'Try again after Retry-After seconds, or use a device on which you have signed in before.',
  },
} as const
