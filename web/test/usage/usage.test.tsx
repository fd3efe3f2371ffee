import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { Role, Usage } from '../../src/api/types.ts'
import { type Answers, fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSession } from '../support/samples.ts'

const USAGE = 'GET /api/v1/usage'
const of = (used: number, most: number | null) => ({ used, most })
const sample = (changes: Partial<Usage> = {}): Usage => ({
  sites: of(3, 1000),
  api_keys: of(2500, 10_000),
  members: of(2, 500),
  invitations: of(0, 500),
  endpoints: of(1, 20),
  integrations: of(3, 1000),
  events: { used: 50_000, most: null, is_more: true },
  audit_records: of(17, null),
  stored_bytes: { used: 1_234_567 },
  ...changes,
})
const app = (answer: Answers[string], role: Role = 'admin') =>
  fakeApi({ 'GET /api/v1/auth/get-session': { body: sampleSession(role) }, [USAGE]: answer })
const row = async (name: RegExp) => within(await screen.findByRole('row', { name }))

test('shows what is used beside its limit', async () => {
  app({ body: sample() })
  renderAt('/usage')
  const sites = await row(/^Sites/)
  expect(sites.getByText('up to 1,000')).toBeVisible()
  const share = (await row(/^API keys/)).getByRole('progressbar', { name: 'Share of the limit: API keys' })
  expect(share).toHaveAttribute('aria-valuenow', '25')
  expect((await row(/^Sync events/)).getByText('more than 50,000')).toBeVisible()
  expect((await row(/^Audit log entries/)).getByText('no limit')).toBeVisible()
  expect((await row(/^Stored content/)).getByText('1.2 MB')).toBeVisible()
  expect(document.querySelector('[data-usage]')).toBeNull()
})

test('a limit that is nearly or wholly reached says so', async () => {
  app({ body: sample({ members: of(450, 500), sites: of(1200, 1000) }) })
  renderAt('/usage')
  expect((await row(/^Members/)).getByText(/^Nearly reached/)).toBeVisible()
  expect((await row(/^Sites/)).getByText(/^Reached/)).toBeVisible()
  expect(document.querySelectorAll('[data-usage]')).toHaveLength(2)
})

test('a failure can be tried again', async () => {
  const api = app(problem(503, 'unavailable', 'Later.'))
  renderAt('/usage')
  const retry = await screen.findByRole('button', { name: /again/ })
  api.answer({ [USAGE]: { body: sample() } })
  await userEvent.click(retry)
  expect((await row(/^Sites/)).getByText('up to 1,000')).toBeVisible()
})

test.each([
  ['admin', true],
  ['editor', false],
] as const)('is in the menu of an %s: %s', async (role, isThere) => {
  app({ body: sample() }, role)
  renderAt('/usage')
  await userEvent.click(await screen.findByRole('button', { name: /Account of/ }))
  await screen.findByRole('menuitem', { name: 'Your account' })
  expect(screen.queryByRole('menuitem', { name: 'Usage' }) !== null).toBe(isThere)
})
