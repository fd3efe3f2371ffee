import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { collectMetrics, METRICS, observe, observeShare, setMetrics, SHARES } from '../../src/lib/metrics.ts'

const written: AnalyticsEngineDataPoint[] = []
beforeEach(() => {
  written.length = 0
  setMetrics({ writeDataPoint: (point) => void written.push(point ?? {}) })
})
afterEach(() => {
  setMetrics(undefined)
  vi.restoreAllMocks()
})

describe('a measurement', () => {
  test('is a point: the metric, its labels in their order, how many it stands for, and its value', () => {
    observe('run', { outcome: 'failed', code: 'timed_out', direction: 'both' }, 1200)
    expect(written).toEqual([{ indexes: ['run'], blobs: ['run', 'both', 'failed', 'timed_out'], doubles: [1, 1200] }])
  })

  test('has words of the code as labels, and nothing that a person or a site said', () => {
    observe('connection', { from: 'ready', to: 'degraded', reason: 'My site’s “words”' })
    observe('connection', { from: 'ready', to: 'x'.repeat(65), reason: null })
    observe('job', { job: 'igny8_secret key', outcome: '' }, 1)
    expect(written.map(({ blobs }) => blobs)).toEqual([
      ['connection', 'ready', 'degraded', 'other'],
      ['connection', 'ready', 'other', 'none'],
      ['job', 'other', 'none'],
    ])
  })

  test('is nothing without a binding, and no failure of one stops the work', () => {
    setMetrics(undefined)
    observe('d1_fault', { outcome: 'repeated' })
    setMetrics({
      writeDataPoint: () => {
        throw new Error('too many points')
      },
    })
    expect(() => observe('d1_fault', { outcome: 'repeated' })).not.toThrow()
  })

  test('of what happens often is of a share, and says how many it stands for', () => {
    const random = vi.spyOn(Math, 'random')
    random.mockReturnValue(SHARES.poll)
    observeShare(SHARES.poll, 'poll', { transport: 'polling' }, 2)
    expect(written).toEqual([])
    random.mockReturnValue(SHARES.poll / 2)
    observeShare(SHARES.poll, 'poll', { transport: 'polling' }, 2)
    expect(written.map(({ doubles }) => doubles)).toEqual([[1_000, 2]])
  })

  test('is kept for whoever collects, and for nobody else', async () => {
    const inner = collectMetrics(async () => {
      await Promise.resolve()
      observe('job', { job: 'audit', outcome: 'done' }, 5)
      return 'result'
    })
    observe('job', { job: 'elsewhere', outcome: 'done' }, 1)
    expect(await inner).toEqual({
      result: 'result',
      points: [{ name: 'job', labels: { job: 'audit', outcome: 'done' }, value: 5, of: 1 }],
    })
  })
})

test('a metric has three labels at most, as the columns of the documentation do', () => {
  for (const [name, { labels }] of Object.entries(METRICS)) {
    expect([name, labels.length <= 3]).toEqual([name, true])
    expect(name).toMatch(/^[a-z0-9_]{1,32}$/)
  }
})
