import * as z from 'zod'
import { Timestamp } from './common.ts'
import { EvidenceStep } from './evidence.ts'
import { LAYERS } from './symptoms.ts'

/** One thing that the doctor saw. */
export const Finding = z.lazy(() =>
  z
    .object({
      layer: z.enum(LAYERS).meta({ description: 'What is at fault, or was looked at' }),
      code: z.string().meta({ description: 'Stable name of the finding' }),
      severity: z.enum(['ok', 'info', 'warning', 'error']),
      title: z.string(),
      detail: z.string(),
      evidence: z.array(z.string()).meta({ description: 'What was seen, line by line; no secrets' }),
      fix: z.string().nullable().meta({ description: 'What to do; null where nothing is to be done' }),
    })
    .meta({ id: 'Finding' }),
)
export type Finding = z.infer<typeof Finding>

/** The answer of the site that the verdict rests on, without its secrets. */
export const RawAnswer = z.lazy(() =>
  z
    .object({
      status: z.number().int(),
      headers: z.record(z.string(), z.string()),
      body_excerpt: z.string().meta({ description: 'The first 2,000 characters' }),
    })
    .meta({ id: 'RawAnswer' }),
)
export type RawAnswer = z.infer<typeof RawAnswer>

/** What a thorough look at a site showed, and which layer is at fault. */
export const DoctorReport = z.lazy(() =>
  z
    .object({
      verdict: z.enum(['healthy', 'degraded', 'broken']),
      at: Timestamp,
      findings: z.array(Finding).meta({ description: 'The worst first' }),
      steps: z.array(EvidenceStep).meta({ description: 'What was tried, in order' }),
      raw: RawAnswer.nullable(),
    })
    .meta({ id: 'DoctorReport' }),
)
export type DoctorReport = z.infer<typeof DoctorReport>
