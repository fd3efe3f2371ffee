import { index, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { timestampMs } from './columns.ts'

/**
 * `pausing`: the account's sites are being switched off; `waiting`: until it is due; `erasing`: it can't be cancelled any
 * more; `sweeping`: erased once, and looked through again for what was being written meanwhile; `resuming`: cancelled, and
 * the sites are being switched on again.
 */
const DELETION_PHASES = ['pausing', 'waiting', 'erasing', 'sweeping', 'resuming'] as const

/** Deletions of accounts and people that were asked for. A row goes with the last of what it deletes. */
export const deletions = sqliteTable(
  'deletions',
  {
    /** The account or the person. */
    subjectId: text('subject_id').primaryKey(),
    kind: text('kind', { enum: ['account', 'person'] }).notNull(),
    phase: text('phase', { enum: DELETION_PHASES }).notNull(),
    /** Id of the person who asked. */
    requestedBy: text('requested_by').notNull(),
    requestedAt: timestampMs('requested_at').notNull(),
    /** When it is carried out. */
    dueAt: timestampMs('due_at').notNull(),
    /** When the cron works on it next; while it does, the end of its lease. */
    nextAt: timestampMs('next_at').notNull(),
    /** When the phase began; null for those of the release before. */
    phaseAt: timestampMs('phase_at'),
  },
  // cron: what is due, oldest first
  (table) => [index('deletions_by_next').on(table.nextAt)],
)
