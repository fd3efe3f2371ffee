import * as z from 'zod'
import { Timestamp } from './common.ts'
import { ERRORS, isErrorCode } from './errors.ts'
import { SYMPTOMS, type SymptomCode } from './symptoms.ts'

export const CONNECTION_STATES = [
  'not_connected',
  'authenticating',
  'structure_syncing',
  'ready',
  'degraded',
  'unreachable',
  'key_revoked',
  'disabled',
] as const
export const Connection = z.lazy(() => z.enum(CONNECTION_STATES).meta({ id: 'Connection' }))
export type Connection = z.infer<typeof Connection>

/** Reasons for a connection state that are neither error codes nor symptoms: choices of people. */
const CHOICES = {
  integration_inactive: {
    title: 'The integration is switched off',
    fix: 'Switch the integration on in Site Settings.',
  },
} as const
export type HealthReason = keyof typeof CHOICES

const isChoice = (code: string): code is HealthReason => Object.hasOwn(CHOICES, code)
const isSymptom = (code: string): code is SymptomCode => Object.hasOwn(SYMPTOMS, code)

/** Title and fix of a reason. A code that this version doesn't know (after a rollback) is its own title. */
export function describeReason(code: string): { title: string; fix: string } {
  if (isChoice(code)) return CHOICES[code]
  if (isSymptom(code)) return { title: SYMPTOMS[code].title, fix: SYMPTOMS[code].fix }
  if (isErrorCode(code)) return { title: ERRORS[code].title, fix: ERRORS[code].fix }
  return { title: code, fix: 'Run the doctor and send support this code.' }
}

/** State of a connection: why, since when, and when it was last verified. */
export const Health = z.lazy(() =>
  z
    .object({
      state: Connection,
      reason: z
        .object({
          code: z.string().meta({ description: 'Stable code, equal to `connection_reason`' }),
          title: z.string(),
          detail: z.string().nullable().meta({ description: 'Details of this occurrence' }),
          fix: z.string().meta({ description: 'What a person can do about it' }),
        })
        .nullable()
        .meta({ description: 'What is wrong; null when nothing is' }),
      since: Timestamp.nullable().meta({ description: 'When the state began' }),
      last_verified_at: Timestamp.nullable().meta({
        description: 'When the site last answered or called with a valid signature',
      }),
      next_check_at: Timestamp.nullable().meta({ description: 'When the API checks the site next' }),
    })
    .meta({ id: 'Health' }),
)
export type Health = z.infer<typeof Health>
