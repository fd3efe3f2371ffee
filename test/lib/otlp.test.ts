import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Point } from '../../src/lib/metrics.ts'
import { parseOtlpHeaders, sendOtlp, toOtlp } from '../../src/lib/otlp.ts'

afterEach(() => vi.restoreAllMocks())

const NOW = Date.UTC(2026, 10, 29, 12)
const POINTS: Point[] = [
  { name: 'job', labels: { job: 'audit', outcome: 'done' }, value: 12, of: 1 },
  { name: 'database', labels: { database: 'DB' }, value: 4096, of: 1 },
  { name: 'job', labels: { job: 'checks', outcome: 'failed' }, value: 3, of: 1 },
]
const about = { environment: 'production', version: 'v7' }

describe('metrics in OpenTelemetry’s protocol', () => {
  test('are gauges with a unit, a time in nanoseconds and attributes, below one resource', () => {
    const { resourceMetrics } = toOtlp(POINTS, NOW, about)
    const [{ resource, scopeMetrics } = { resource: null, scopeMetrics: [] }] = resourceMetrics
    expect(resource?.attributes).toEqual([
      { key: 'service.name', value: { stringValue: 'igny8-bridge' } },
      { key: 'deployment.environment.name', value: { stringValue: 'production' } },
      { key: 'service.version', value: { stringValue: 'v7' } },
    ])
    const metrics = scopeMetrics[0]?.metrics ?? []
    expect(metrics.map(({ name, unit, gauge }) => [name, unit, gauge.dataPoints.length])).toEqual([
      ['igny8.job', 'ms', 2],
      ['igny8.database', 'By', 1],
    ])
    expect(metrics[1]?.gauge.dataPoints[0]).toEqual({
      timeUnixNano: `${NOW}000000`,
      asDouble: 4096,
      attributes: [{ key: 'database', value: { stringValue: 'DB' } }],
    })
  })

  test('are posted to the signal’s path with the headers that were configured', async () => {
    const fetch = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'))
    const target = { endpoint: 'https://otlp.example.com/otlp/', headers: { authorization: 'Basic abc' } }
    const sent = await sendOtlp(target, toOtlp(POINTS, NOW, about), { now: NOW, allowLoopback: false })
    expect(sent).toMatchObject({ kind: 'answered', status: 200 })
    const [url, init] = fetch.mock.calls[0] ?? []
    expect(url).toBe('https://otlp.example.com/otlp/v1/metrics')
    expect(init?.headers).toMatchObject({ authorization: 'Basic abc', 'content-type': 'application/json' })
    expect(JSON.parse(init?.body as string)).toHaveProperty('resourceMetrics')
  })

  test('are not sent into a private network', async () => {
    const fetch = vi.spyOn(globalThis, 'fetch')
    const target = { endpoint: 'http://169.254.169.254', headers: {} }
    expect(await sendOtlp(target, {}, { now: NOW, allowLoopback: false })).toMatchObject({ kind: 'address_refused' })
    expect(fetch).not.toHaveBeenCalled()
  })
})

describe('headers as OTEL_EXPORTER_OTLP_HEADERS has them', () => {
  test.each([
    ['', {}],
    ['Authorization=Basic%20abc%3D%3D', { authorization: 'Basic abc==' }],
    ['a=1, x-b = two ,', { a: '1', 'x-b': 'two' }],
    ['key=with=equals', { key: 'with=equals' }],
  ])('%s', (text, headers) => {
    expect(parseOtlpHeaders(text)).toEqual(headers)
  })

  test.each(['no value', '=x', 'a=1,b', 'a=%E0%A4%A', 'a=x\ny'])(
    '%j is refused, without its value in the message',
    (text) => {
      expect(() => parseOtlpHeaders(text)).toThrow(/^(?!.*(x\ny|%E0)).*$/s)
    },
  )
})
