/** Refusals because of what somebody decided about single items. Their shape is that of errors.ts. */
export const CONTENT_ERRORS = {
  post_left_alone: {
    status: 409,
    title: 'Somebody at the site had IGNY8 leave this post alone',
    fix: 'Ask them, or press “Sync this post again” in the panel IGNY8 of WordPress’ editor.',
  },
  version_not_kept: {
    status: 404,
    title: 'This version is not kept any more',
    fix: 'List the versions again: one is kept for 30 days after another took its place.',
  },
} as const
