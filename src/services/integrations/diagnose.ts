import type { DoctorReport } from '../../contract/doctor.ts'
import { recordEvent } from '../../db/record-event.ts'
import type { Context } from '../context.ts'
import { loadIntegration } from './internal.ts'
import { examineIntegration } from './probe.ts'

/**
 * The doctor: which layer between the API and the site's content is at fault. The connection's state stays as it is.
 * @throws ServiceError `integration_not_found`; what is wrong with the site is the report
 */
export async function diagnoseIntegration({
  ctx,
  input,
}: {
  ctx: Context
  input: { id: string }
}): Promise<DoctorReport> {
  const row = await loadIntegration({ ctx, id: input.id })
  const startedAt = ctx.now()
  const { report } = await examineIntegration(ctx, row)
  const [worst] = report.findings
  const isBroken = report.verdict === 'broken' && worst !== undefined
  await recordEvent(ctx, row, {
    action: 'doctor',
    startedAt,
    ...(isBroken && { failure: { code: worst.code, detail: worst.detail } }),
    ...(report.verdict === 'degraded' && worst && { note: `${worst.title}: ${worst.detail}` }),
  })
  return report
}
