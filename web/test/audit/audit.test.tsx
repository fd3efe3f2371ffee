import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { AuditRecord, AuditVerdict, Role } from '../../src/api/types.ts'
import { nextCursor } from '../../src/queries/audit.ts'
import { type Answers, fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSession } from '../support/samples.ts'

const record = (patch: Partial<AuditRecord> = {}): AuditRecord => ({
  seq: 2,
  at: '2026-11-21T10:00:00.000Z',
  actor: { kind: 'user', id: 'usr_1', name: 'Ada' },
  action: 'site.created',
  entity_id: 'site_1',
  entity_name: 'Shop',
  metadata: { url: 'https://shop.example', changed: [] },
  request_id: 'req_1',
  origin: { country: 'DE', network: '203.0.113.0/24', device: 'Firefox, Linux' },
  sealed: true,
  ...patch,
})
const list = (...results: unknown[]) => ({ body: { results, next: null } })
const verdict = (patch: Partial<AuditVerdict>) => ({
  body: { verified: 2, head: null, broken: null, is_complete: true, ...patch },
})

const app = (more: Answers = {}, role: Role = 'owner') =>
  fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession(role) },
    'GET /api/v1/members': list(),
    'GET /api/v1/audit': list(record()),
    ...more,
  })

test('a record says who did what, when and from where', async () => {
  app()
  renderAt('/audit')
  const row = within(await screen.findByRole('row', { name: /Site added/ }))
  expect(row.getByText('Ada')).toBeVisible()
  expect(row.getByText('Shop')).toBeVisible()
  expect(row.getByText('address: https://shop.example')).toBeVisible()
  expect(row.getByText('DE · 203.0.113.0/24 · Firefox, Linux')).toBeVisible()
})

test('what changed about a connection is said in words, and ids are left out', async () => {
  const metadata = {
    change_id: 'chg_1',
    authority: 'confirmed',
    changes: [
      { what: 'secret_replaced', from: null, to: null },
      { what: 'address_changed', from: 'https://old.example', to: 'https://new.example' },
      { what: 'made_up_later', from: null, to: null },
    ],
  }
  app({ 'GET /api/v1/audit': list(record({ action: 'integration.connection_changed', metadata })) })
  renderAt('/audit')
  const row = within(await screen.findByRole('row', { name: /Connection changed/ }))
  const said =
    'on whose word: a person confirmed it · new signing secret · address: https://old.example → https://new.example · made_up_later'
  expect(row.getByText(said)).toBeVisible()
})

test('a change of role says from which to which', async () => {
  const metadata = { from: 'editor', to: 'admin' }
  app({ 'GET /api/v1/audit': list(record({ action: 'member.role_changed', metadata })) })
  renderAt('/audit')
  expect(await screen.findByText('editor → admin')).toBeVisible()
})

test('a deleted person has no name', async () => {
  app({ 'GET /api/v1/audit': list(record({ actor: { kind: 'user', id: 'usr_1', name: null }, origin: null })) })
  renderAt('/audit')
  expect(await screen.findByText('a deleted person')).toBeVisible()
  expect(screen.getByText('unknown')).toBeVisible()
})

test('the filter is kept in the address', async () => {
  const api = app()
  renderAt('/audit?action=site.deleted&from=2026-11-01')
  expect(await screen.findByLabelText('What')).toHaveValue('site.deleted')
  await screen.findByRole('row', { name: /Site added/ })
  expect(Object.fromEntries(api.callsOf('GET /api/v1/audit').at(-1)?.query ?? [])).toMatchObject({
    action: 'site.deleted',
    from: '2026-11-01T00:00:00.000Z',
  })
  await userEvent.selectOptions(screen.getByLabelText('What'), 'Member removed')
  expect(location.search).toContain('action=member.removed')
  await userEvent.click(screen.getByRole('button', { name: 'Show all' }))
  expect(location.search).toBe('')
})

test('a filter that nothing fits says so', async () => {
  app({ 'GET /api/v1/audit': list() })
  renderAt('/audit?action=site.deleted')
  expect(await screen.findByText('No record fits')).toBeVisible()
})

test.each([
  [{}, 'Unchanged: 2 records verified.'],
  [{ broken: { seq: 3, reason: 'missing' } } as const, 'The chain breaks at record 3: it is missing.'],
  [{ broken: { seq: 1, reason: 'forged' } } as const, 'The chain breaks at record 1: it is not what IGNY8 wrote.'],
])('verifying answers %j with “%s”', async (patch, text) => {
  app({ 'POST /api/v1/audit/verify': verdict(patch) })
  renderAt('/audit')
  await userEvent.click(await screen.findByRole('button', { name: 'Verify the chain' }))
  expect(await screen.findByText(text)).toBeVisible()
})

test('nobody but owners sees it', async () => {
  app({ 'GET /api/v1/audit': problem(403, 'role_too_low') }, 'admin')
  renderAt('/audit')
  expect(await screen.findByText('Only owners see the audit log')).toBeVisible()
})

test.each([
  [null, null],
  ['<https://api.example/api/v1/audit/export?format=csv&cursor=1.2>; rel="next"', '1.2'],
  ['<https://api.example/x?cursor=1.2>; rel="prev"', null],
])('after an export with the link %s comes that of the cursor %s', (link, cursor) => {
  expect(nextCursor(link)).toBe(cursor)
})
