import { and, eq, inArray, isNull, or } from 'drizzle-orm'
import { memberships } from '../../db/schema/index.ts'

/** Who gets e-mail without having chosen. */
export const TOLD_BY_ROLE = ['owner', 'admin'] as const

/** Whether a membership gets e-mail: as the person chose, else by their role. */
export const wantsEmail = or(
  eq(memberships.notifyEmail, true),
  and(isNull(memberships.notifyEmail), inArray(memberships.role, [...TOLD_BY_ROLE])),
)
