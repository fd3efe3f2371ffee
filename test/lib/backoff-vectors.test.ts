import { expect, test } from 'vitest'
import { runBackoffMs } from '../../src/lib/backoff.ts'
import vectors from '../fixtures/backoff-vectors.json' with { type: 'json' }

const ALMOST_ONE = 1 - Number.EPSILON

// The plugin retries for days without a user waiting, a run for minutes: the bounds differ on purpose.
test.each(vectors.api_runs.delays)('a run waits $least_s to $most_s s after attempt $attempt', (vector) => {
  expect(runBackoffMs(vector.attempt, 0)).toBe(vector.least_s * 1000)
  expect(runBackoffMs(vector.attempt, ALMOST_ONE)).toBe(vector.most_s * 1000)
})

test.each(vectors.api_runs.retry_after)('a run that is asked to wait $asked_s s waits $delay_s s', (vector) => {
  expect(runBackoffMs(vector.attempt, ALMOST_ONE, vector.asked_s)).toBe(vector.delay_s * 1000)
})
