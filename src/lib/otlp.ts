/**
 * Points as OpenTelemetry has them, sent by OTLP over HTTP as JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
 * The platform exports logs and traces by itself, but no metrics of ours: docs/adr/0025-metrics.md.
 */
import { METRICS, type MetricName, type Point } from './metrics.ts'
import { postJson, type PostResult } from './outbound-http.ts'

/** Where metrics are sent. */
export interface OtlpTarget {
  /** As `OTEL_EXPORTER_OTLP_ENDPOINT` has it: without the path of a signal. */
  endpoint: string
  headers: Record<string, string>
}

const SERVICE = 'igny8-bridge'
const PREFIX = 'igny8.'
const NANOSECONDS = '000000'
const TIMEOUT_MS = 10_000

/**
 * Headers as `OTEL_EXPORTER_OTLP_HEADERS` has them: `name=value,name=value`, percent-encoded.
 * @throws Error if a pair is malformed; its message doesn't hold the value
 */
export function parseOtlpHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '')
  return Object.fromEntries(
    pairs.map((pair, index) => {
      const [, name = '', value = ''] = /^\s*([\w-]+)\s*=([\x21-\x7e ]*)$/.exec(pair) ?? []
      if (name === '') throw new Error(`pair ${index + 1} is not name=value`)
      return [name.toLowerCase(), decodeURIComponent(value.trim())]
    }),
  )
}

const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } })

function metricOf(name: MetricName, points: readonly Point[], timeUnixNano: string) {
  return {
    name: PREFIX + name,
    unit: METRICS[name].unit,
    gauge: {
      dataPoints: points.map(({ labels, value }) => ({
        timeUnixNano,
        asDouble: value,
        attributes: Object.entries(labels).map(([label, text]) => attribute(label, text)),
      })),
    },
  }
}

/** The body of an `ExportMetricsServiceRequest`: each point is a value of a gauge at this time. */
export function toOtlp(points: readonly Point[], now: number, about: { environment: string; version: string | null }) {
  const timeUnixNano = `${now}${NANOSECONDS}`
  const byName = Map.groupBy(points, ({ name }) => name)
  const resource = [
    attribute('service.name', SERVICE),
    attribute('deployment.environment.name', about.environment),
    ...(about.version === null ? [] : [attribute('service.version', about.version)]),
  ]
  const metrics = [...byName].map(([name, its]) => metricOf(name, its, timeUnixNano))
  return {
    resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics: [{ scope: { name: SERVICE }, metrics }] }],
  }
}

/** Sends a request of {@link toOtlp}. @returns how it ended */
export function sendOtlp(
  { endpoint, headers }: OtlpTarget,
  body: object,
  { now, allowLoopback }: { now: number; allowLoopback: boolean },
): Promise<PostResult> {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/metrics`
  return postJson({ url, headers, body: JSON.stringify(body), timeoutMs: TIMEOUT_MS, allowLoopback, now })
}
