import { CONTENT_ERRORS } from './content-errors.ts'
import { BULK_ERRORS } from './bulk-errors.ts'
import { KEEPING_ERRORS } from './keeping-errors.ts'
import { OPERATOR_ERRORS } from './operator-errors.ts'

/** Refusals because of what an account may have, or of what is kept for repeats. Their shape is that of errors.ts. */
export const LIMIT_ERRORS = {
  ...CONTENT_ERRORS,
  ...KEEPING_ERRORS,
  ...OPERATOR_ERRORS,
  ...BULK_ERRORS,
  quota_exceeded: {
    status: 403,
    title: 'The account has as many of these as it may have',
    fix: 'Delete those that nobody needs, or ask for a higher quota. The page “Usage” shows all quotas.',
  },
  answer_not_kept: {
    status: 409,
    title: 'The request succeeded before; its answer was too large to keep',
    fix: 'Don’t send it again. Read what it made or changed.',
  },
} as const
