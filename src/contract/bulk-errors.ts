/** Errors of changes of many items. Their shape is that of errors.ts. */
export const BULK_ERRORS = {
  bulk_not_found: { status: 404, title: 'Bulk job not found', fix: 'Check the id; jobs are kept for 30 days.' },
  bulk_too_large: {
    status: 400,
    title: 'These are too many items for one job',
    fix: 'Narrow the filter, so that it matches at most 10,000 items.',
  },
  bulk_queue_full: {
    status: 409,
    title: 'Too many bulk jobs of this site are waiting',
    fix: 'Wait until one of them is done.',
  },
  bulk_running: { status: 409, title: 'The bulk job is not done yet', fix: 'Wait until it is done.' },
  nothing_to_retry: { status: 409, title: 'Nothing of this job failed', fix: 'Reload the job.' },
  item_in_trash: { status: 409, title: 'The item is in the trash', fix: 'Restore it first.' },
  taxonomy_unknown: {
    status: 409,
    title: 'Items of this type don’t have this taxonomy',
    fix: 'Choose a taxonomy that this type has.',
  },
  edited_since: {
    status: 409,
    title: 'The item was changed meanwhile',
    fix: 'Look at it, and change it on its own.',
  },
} as const
