import * as z from 'zod'
import { Timestamp } from './common.ts'
import { EvidenceStep } from './evidence.ts'
import { LAYERS } from './symptoms.ts'

/** One finding of the doctor. */
export const Finding = z.lazy(() =>
  z
    .object({
      layer: z.enum(LAYERS).meta({ description: 'The layer at fault, or that was checked' }),
      code: z.string().meta({ description: 'Stable code of the finding' }),
      severity: z.enum(['ok', 'info', 'warning', 'error']),
      title: z.string(),
      detail: z.string(),
      evidence: z.array(z.string()).meta({ description: 'Evidence, line by line, without secrets' }),
      fix: z.string().nullable().meta({ description: 'What a person can do; null if nothing' }),
    })
    .meta({ id: 'Finding' }),
)
export type Finding = z.infer<typeof Finding>

/** The site's answer on which the verdict is based, without secrets. */
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

/** Result of a full diagnosis of a site: findings, and the layer at fault. */
export const DoctorReport = z.lazy(() =>
  z
    .object({
      verdict: z.enum(['healthy', 'degraded', 'broken']),
      at: Timestamp,
      findings: z.array(Finding).meta({ description: 'Most severe first' }),
      steps: z.array(EvidenceStep).meta({ description: 'The requests made, in order' }),
      raw: RawAnswer.nullable(),
    })
    .meta({ id: 'DoctorReport' }),
)
export type DoctorReport = z.infer<typeof DoctorReport>
