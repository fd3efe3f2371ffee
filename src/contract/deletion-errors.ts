/** Errors of deletions. */
export const DELETION_ERRORS = {
  deletion_not_found: { status: 404, title: 'No deletion is scheduled', fix: 'There is nothing to cancel.' },
  has_account: {
    status: 409,
    title: 'You are in an account',
    fix: 'Work in that account. Another one is made for people who are in none.',
  },
  sole_owner: {
    status: 409,
    title: 'You alone own an account',
    fix: 'Make somebody else owner there, or delete that account, too.',
  },
  deletion_running: {
    status: 409,
    title: 'The deletion has begun',
    fix: 'It can’t be cancelled any more.',
  },
  person_leaving: {
    status: 409,
    title: 'You are to be deleted',
    fix: 'Cancel your deletion under “Your account” first.',
  },
  account_leaving: {
    status: 409,
    title: 'The account is to be deleted',
    fix: 'An owner can cancel the deletion under “Your account”.',
  },
} as const
