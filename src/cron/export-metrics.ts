import { allowsLoopback, type Config } from '../config.ts'
import { log, logVersion } from '../lib/log.ts'
import type { Point } from '../lib/metrics.ts'
import { sendOtlp, toOtlp } from '../lib/otlp.ts'

const isTaken = (status: number) => status >= 200 && status < 300

/**
 * Sends what a tick has measured to where the deployment's metrics are collected, if that is configured. A collector
 * that is away costs the tick's points and nothing else.
 */
export async function exportMetrics(
  { otlp, environment }: Pick<Config, 'otlp' | 'environment'>,
  points: readonly Point[],
  now: number,
): Promise<void> {
  if (otlp === null || points.length === 0) return
  const body = toOtlp(points, now, { environment, version: logVersion() })
  const sent = await sendOtlp(otlp, body, { now, allowLoopback: allowsLoopback({ environment }) })
  if (sent.kind === 'answered' && isTaken(sent.status)) return
  log.warn('metrics not exported', {
    code: sent.kind,
    ...(sent.kind === 'answered' && { status: sent.status }),
    ...('cause' in sent && { cause: sent.cause }),
  })
}
