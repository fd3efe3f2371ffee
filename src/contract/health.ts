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

/** Why a connection is not what it should be, besides error codes and symptoms: what people chose. */
const CHOICES = {
  integration_inactive: {
    title: 'The integration is switched off',
    fix: 'Switch the integration on in Site Settings.',
  },
} as const
export type HealthReason = keyof typeof CHOICES

const isChoice = (code: string): code is HealthReason => Object.hasOwn(CHOICES, code)
const isSymptom = (code: string): code is SymptomCode => Object.hasOwn(SYMPTOMS, code)

/** Title and fix of a reason. One that this version doesn't know, as after a rollback, is named by its code. */
export function describeReason(code: string): { title: string; fix: string } {
  if (isChoice(code)) return CHOICES[code]
  if (isSymptom(code)) return { title: SYMPTOMS[code].title, fix: SYMPTOMS[code].fix }
  if (isErrorCode(code)) return { title: ERRORS[code].title, fix: ERRORS[code].fix }
  return { title: code, fix: 'Run the doctor, and tell support this code.' }
}

/** How a connection is, why, since when, and what proves it. */
export const Health = z.lazy(() =>
  z
    .object({
      state: Connection,
      reason: z
        .object({
          code: z.string().meta({ description: 'Stable; the same as `connection_reason`' }),
          title: z.string(),
          detail: z.string().nullable().meta({ description: 'What was seen this time' }),
          fix: z.string().meta({ description: 'What to do about it' }),
        })
        .nullable()
        .meta({ description: 'What is wrong; null when nothing is' }),
      since: Timestamp.nullable().meta({ description: 'When the state began' }),
      last_verified_at: Timestamp.nullable().meta({
        description: 'When the site last answered a signed command, or sent a signed message that verified',
      }),
      next_check_at: Timestamp.nullable().meta({ description: 'When the site is looked at again' }),
    })
    .meta({ id: 'Health' }),
)
export type Health = z.infer<typeof Health>
