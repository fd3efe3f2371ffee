import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { Item } from '../../src/api/types.ts'
import { fakeApi, problem } from '../support/fake-api.ts'
import { sampleItem, sampleVersion } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

const INTEGRATION = '/api/v1/integration/integrations'
const FAULT = { detail: 'It said so.', fix: null, since: '2026-11-21T10:00:00.000Z' }

function open(item: Item): void {
  fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession('editor') },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    [`GET ${INTEGRATION}`]: { body: { results: [sampleIntegration()], next: null } },
    [`GET ${INTEGRATION}/int_1/content-types`]: problem(500, 'internal_error'),
    'GET /api/v1/sites/site_1/content/item_1': { body: item },
  })
  renderAt('/sites/site_1/items/item_1')
}

test('a field that the site alters is shown with both values, the plugin and its filter', async () => {
  const alteration = { field: 'title', before: 'quiet', after: 'LOUD', by: 'shouting-plugin', filter: 'title_save_pre' }
  open(sampleItem({ state: 'failed', error: { ...FAULT, code: 'content_altered', alteration } }))
  const failure = within(await screen.findByTestId('item-failure'))
  for (const text of ['Title', 'quiet', 'LOUD', 'shouting-plugin', 'title_save_pre'])
    expect(failure.getByText(text)).toBeVisible()
})

test('a missing permission is shown with the user and the capability', async () => {
  const permission = { user_id: 3, user: 'Ed', capability: 'publish_pages' }
  open(sampleItem({ state: 'failed', error: { ...FAULT, code: 'not_permitted', permission } }))
  const failure = within(await screen.findByTestId('item-failure'))
  for (const text of ['The user as whom IGNY8 writes may not do this', 'Ed', 'publish_pages'])
    expect(failure.getByText(text)).toBeVisible()
})

test('the author is shown, and a new name of the same user is no difference', async () => {
  open(sampleItem({ author: { id: 1, name: 'Ada L.' }, wordpress: sampleVersion({ author: { id: 1, name: 'Ada' } }) }))
  expect(await screen.findByText('Ada L.')).toBeVisible()
  expect(await screen.findByText('Both sides are the same.')).toBeVisible()
})

test('an item whose post is left alone says who decided, and offers no change', async () => {
  open(sampleItem({ left_alone: true, error: { ...FAULT, code: 'post_left_alone' } }))
  const notice = within(await screen.findByTestId('item-left-alone'))
  expect(notice.getByText('Left alone: somebody in WordPress chose that')).toBeVisible()
  expect(screen.queryByTestId('item-failure')).toBeNull()
  expect(await screen.findByRole('button', { name: /Sync/ })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull()
})
