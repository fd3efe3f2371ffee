import react from '@vitejs/plugin-react'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

/** Secrets are made anew for every run, and given as wrangler looks for them. */
const randomText = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')

process.env['API_KEY_PEPPER'] ??= randomText()
process.env['SESSION_SECRET'] ??= randomText()
process.env['ENCRYPTION_KEYS'] ??= JSON.stringify({ k1: randomText() })

const workersProject = async () => ({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          ENVIRONMENT: 'test',
          PUBLIC_URL: 'http://api.test',
          WEB_ORIGINS: 'http://app.test',
          TEST_MIGRATIONS: await readD1Migrations('migrations'),
        },
        ratelimits: {
          THROTTLE_INTEGRATION: { namespace_id: '1001', simple: { limit: 100_000, period: 60 } },
          THROTTLE_ANONYMOUS: { namespace_id: '1002', simple: { limit: 100_000, period: 60 } },
        },
      },
    }),
  ],
  test: {
    name: 'workers',
    include: ['test/{routes,services,site/object,cron}/**/*.test.ts'],
    setupFiles: ['./test/setup.ts'],
    testTimeout: 30_000,
    // tests in workerd see no other variables; by hand: FUZZ_REQUESTS=100000 vitest run --project workers test/routes/fuzz
    env: { FUZZ_REQUESTS: process.env['FUZZ_REQUESTS'] ?? '', FUZZ_SEED: process.env['FUZZ_SEED'] ?? '' },
  },
})

export default defineConfig({
  test: {
    silent: 'passed-only',
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/{lib,site,contract,tooling,sim,model}/**/*.test.ts'],
          exclude: ['test/site/object/**'],
        },
      },
      workersProject,
      {
        plugins: [react()],
        test: {
          name: 'web',
          environment: 'jsdom',
          include: ['web/test/**/*.test.{ts,tsx}'],
          setupFiles: ['./web/test/setup.ts'],
          testTimeout: 20_000,
          css: { include: [] },
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['./test/e2e/support/prepare.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
