import * as z from 'zod'

/** One step of a connection test: the request and its answer. Contains no secrets. */
export const EvidenceStep = z.lazy(() =>
  z
    .object({
      step: z.string(),
      url: z.string().optional(),
      status: z.number().int().optional(),
      took_ms: z.number().optional(),
      note: z.string().optional(),
    })
    .meta({ id: 'EvidenceStep' }),
)
export type EvidenceStep = z.infer<typeof EvidenceStep>
