import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { Site } from '../../src/api/types.ts'
import { type Answers, fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

const SITES = 'GET /api/v1/sites'
const INTEGRATIONS = 'GET /api/v1/integration/integrations'
const page = (results: unknown[], next: string | null = null) => ({ body: { results, next } })
const named = (number: number): Site =>
  sampleSite({ id: `site_${number}`, name: `Site ${number}`, url: `https://s${number}.example` })
const app = (role: 'viewer' | 'editor' | 'owner', more: Answers) =>
  fakeApi({ 'GET /api/v1/auth/get-session': { body: sampleSession(role) }, [INTEGRATIONS]: page([]), ...more })

test('each site shows its connection and reason, and unconnected sites link to connecting', async () => {
  const reason = { code: 'dns_failed', title: 'The domain name was not found', detail: null, fix: 'Check it.' }
  const health = { ...sampleIntegration().health, state: 'unreachable' as const, reason }
  const item_counts = { synced: 1204, failed: 3, conflicts: 1 }
  const api = app('owner', {
    [SITES]: page([named(1), named(2)]),
    [INTEGRATIONS]: page([sampleIntegration({ site_id: 'site_1', health, sync_status: 'failed', item_counts })]),
  })
  renderAt('/sites')
  const first = await screen.findByRole('row', { name: /Site 1/ })
  expect(await within(first).findByText('Unreachable')).toBeVisible()
  expect(within(first).getByText('The domain name was not found')).toBeVisible()
  expect(within(first).getByText('the last run failed')).toBeVisible()
  expect(within(first).getByText('1,204 synced')).toBeVisible()
  expect(within(first).getByRole('link', { name: '3 failed' })).toHaveAttribute(
    'href',
    '/sites/site_1/items?state=failed',
  )
  expect(within(first).getByRole('link', { name: '1 conflict' })).toHaveAttribute(
    'href',
    '/sites/site_1/items?state=conflict',
  )
  expect(screen.getByRole('link', { name: 'Connect: Site 2' })).toHaveAttribute('href', '/sites/site_2/connect')
  expect(screen.getByRole('link', { name: /s1\.example/ })).toHaveAttribute('rel', 'noopener noreferrer')
  expect(api.callsOf(INTEGRATIONS)).toHaveLength(1)
})

test('an empty account links to adding a site; without permission it says who can', async () => {
  app('owner', { [SITES]: page([]) })
  const { unmount } = renderAt('/sites')
  expect(await screen.findByRole('link', { name: 'Add a site' })).toHaveAttribute('href', '/sites/new')
  unmount()
  app('viewer', { [SITES]: page([]) })
  renderAt('/sites')
  expect(await screen.findByText(/Admins and owners can/)).toBeVisible()
  expect(screen.queryByRole('link', { name: 'Add a site' })).not.toBeInTheDocument()
})

test('a viewer sees the sites, and connections are not requested', async () => {
  const api = app('viewer', { [SITES]: page([named(1)]) })
  renderAt('/sites')
  expect(await screen.findByRole('link', { name: 'Site 1' })).toBeVisible()
  expect(screen.queryByRole('columnheader', { name: 'Connection' })).not.toBeInTheDocument()
  expect(api.callsOf(INTEGRATIONS)).toHaveLength(0)
})

test('a search reads all pages, and says if nothing matches', async () => {
  const first = Array.from({ length: 9 }, (_, index) => named(index))
  app('owner', {
    [SITES]: ({ query }) => (query.get('cursor') === 'next' ? page([named(77)]) : page(first, 'next')),
  })
  renderAt('/sites')
  await userEvent.type(await screen.findByRole('searchbox', { name: 'Search by name or address' }), 's77.')
  expect(await screen.findByRole('link', { name: 'Site 77' })).toBeVisible()
  expect(screen.queryByRole('link', { name: 'Site 3' })).not.toBeInTheDocument()
  await userEvent.type(screen.getByRole('searchbox'), 'nothing')
  expect(await screen.findByText('No site matches “s77.nothing”')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Show all sites' }))
  expect(await screen.findByRole('link', { name: 'Site 3' })).toBeVisible()
})

test('more sites are read on demand', async () => {
  app('owner', {
    [SITES]: ({ query }) => (query.get('cursor') === 'next' ? page([named(2)]) : page([named(1)], 'next')),
  })
  renderAt('/sites')
  await userEvent.click(await screen.findByRole('button', { name: 'Load more' }))
  expect(await screen.findByRole('link', { name: 'Site 2' })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Load more' })).not.toBeInTheDocument()
})

test('sites that could not be read can be tried again', async () => {
  app('owner', { [SITES]: [problem(503, 'unavailable', 'Just now.'), page([named(1)])] })
  renderAt('/sites')
  expect(await screen.findByRole('alert')).toHaveTextContent('Just now.')
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(screen.getByRole('link', { name: 'Site 1' })).toBeVisible())
})
