import react from '@vitejs/plugin-react'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Secrets are made anew for every run, and given as wrangler looks for them. */
const randomText = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')

process.env['API_KEY_PEPPER'] ??= randomText()
process.env['SESSION_SECRET'] ??= randomText()
process.env['OPERATOR_TOKEN'] ??= randomText()
process.env['ENCRYPTION_KEYS'] ??= JSON.stringify({ k1: randomText() })

/** The end-to-end files that take longest: they start first, so that no other one runs alone at the end. */
const LONGEST_E2E = [
  'matrix',
  'web-screens',
  'authoring',
  'connect',
  'open-editor',
  'consent',
  'account-life',
  'web-health',
  'web-lists',
  'web-editor',
  'web-journey',
  'outage',
  'polling',
  'sync',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST_E2E.findIndex((name) => moduleId.endsWith(`/e2e/${name}.test.ts`))
      return index < 0 ? LONGEST_E2E.length : index
    }
    return (await super.sort(files)).toSorted((left, right) => rank(left) - rank(right))
  }
}

/** For machines that are slow or busy. */
const HOOK_TIMEOUT_MS = 120_000

/** As `[alias]` in wrangler.toml has it. */
const PECULIAR = ['asn1-android', 'asn1-ecc', 'asn1-rsa', 'asn1-schema', 'asn1-x509', 'x509']
const insteadOf = (name: string, path: string) => ({
  find: new RegExp(`^${name}$`),
  replacement: `${import.meta.dirname}/src/lib/${path}`,
})
const ALIASES = [
  ...PECULIAR.map((name) => insteadOf(`@peculiar/${name}`, 'webauthn-asn1.ts')),
  ...['@better-auth/telemetry', 'jose'].map((name) => insteadOf(name, 'unused-auth-parts.ts')),
]

const workersProject = async () => ({
  resolve: { alias: ALIASES },
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          ENVIRONMENT: 'test',
          PUBLIC_URL: 'http://api.test',
          WEB_ORIGINS: 'http://app.test',
          // tests look at every line
          REQUEST_LOG_RATE: '0',
          TEST_MIGRATIONS: await readD1Migrations('migrations'),
          TEST_EVENT_MIGRATIONS: await readD1Migrations('migrations-events'),
        },
        // further event databases; tests hand them to the Worker as EVENTS_1 and EVENTS_2
        d1Databases: { SPARE_EVENTS_1: 'events-1', SPARE_EVENTS_2: 'events-2' },
        // the local runtime's own e-mail binding; tests hand it to the Worker as EMAIL
        email: { send_email: [{ name: 'LOCAL_EMAIL' }] },
        ratelimits: {
          THROTTLE_INTEGRATION: { namespace_id: '1001', simple: { limit: 100_000, period: 60 } },
          THROTTLE_ACCOUNT: { namespace_id: '1003', simple: { limit: 1_000_000, period: 60 } },
          THROTTLE_ANONYMOUS: { namespace_id: '1002', simple: { limit: 100_000, period: 60 } },
          THROTTLE_UNVERIFIED: { namespace_id: '1004', simple: { limit: 100_000, period: 60 } },
          THROTTLE_UNVERIFIED_ACCOUNT: { namespace_id: '1005', simple: { limit: 100_000, period: 60 } },
        },
      },
    }),
  ],
  test: {
    name: 'workers',
    // a runtime of its own costs a file more than its tests do: all files share one, and test/setup.ts empties it between them
    isolate: false,
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
    include: ['test/{routes,services,site/object,cron}/**/*.test.ts'],
    setupFiles: ['./test/support/leave-nothing.ts', './test/setup.ts'],
    testTimeout: 30_000,
    hookTimeout: HOOK_TIMEOUT_MS,
    // tests in workerd see no other variables; by hand: FUZZ_REQUESTS=100000 vitest run --project workers test/routes/fuzz
    env: { FUZZ_REQUESTS: process.env['FUZZ_REQUESTS'] ?? '', FUZZ_SEED: process.env['FUZZ_SEED'] ?? '' },
  },
})

export default defineConfig({
  test: {
    silent: 'passed-only',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          pool: 'threads',
          isolate: false,
          testTimeout: 20_000,
          hookTimeout: HOOK_TIMEOUT_MS,
          setupFiles: ['./test/support/leave-nothing.ts'],
          include: ['test/{lib,db,site,contract,tooling,sim,model}/**/*.test.ts'],
          exclude: ['test/site/object/**'],
        },
      },
      workersProject,
      {
        plugins: [react()],
        test: {
          name: 'web',
          environment: 'jsdom',
          pool: 'threads',
          isolate: false,
          hookTimeout: HOOK_TIMEOUT_MS,
          include: ['web/test/**/*.test.{ts,tsx}'],
          setupFiles: ['./test/support/leave-nothing.ts', './web/test/setup.ts'],
          testTimeout: 20_000,
          css: { include: [] },
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          // wrangler itself takes minutes; test/tooling/deploy.test.ts has the same steps with a model of it
          exclude: process.env['DEPLOY'] === 'whole' ? [] : ['test/e2e/deploy.test.ts'],
          globalSetup: ['./test/e2e/support/prepare.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
