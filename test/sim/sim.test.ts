import { expect, test, vi } from 'vitest'
import { playSeed } from './scenario.ts'

/**
 * Forty in every run of the tests, `npm run test:nightly` plays 2,000; any number by hand: `npm run sim -- --seeds
 * 10000`.
 */
const SEEDS = Number(process.env['SIM_SEEDS'] ?? 40)

test(
  `T1 T2 T15 ${SEEDS} seeds of changes on both sides, failing sites, lost webhooks and kills converge`,
  { timeout: 60_000 + SEEDS * 2_000 },
  async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    let kills = 0
    for (let seed = 1; seed <= SEEDS; seed++) {
      const outcome = await playSeed(seed)
      kills += outcome.kills
      expect(outcome.problems, `again: npm run sim -- --seeds 1 --from ${seed}`).toEqual([])
    }
    expect(kills).toBeGreaterThan(SEEDS)
  },
)
