import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { BulkJob, BulkPlan, ItemSummary } from '../../src/api/types.ts'
import { type Answers, type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { sampleSummary } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

const AT = '2026-11-29T10:00:00.000Z'
const LIST = 'GET /api/v1/sites/site_1/content'
const BULK = '/api/v1/sites/site_1/bulk'

const samplePlan = (patch: Partial<BulkPlan> = {}): BulkPlan => ({
  site_id: 'site_1',
  as_of: AT,
  action: { kind: 'status', status: 'draft' },
  total: 3,
  counts: { changed: 2, unchanged: 0, refused: { item_in_trash: 1 } },
  kinds: [{ type: 'post', status: 'publish', count: 2 }],
  refused: [{ id: 'item_3', type: 'post', title: 'Three', code: 'item_in_trash', detail: 'It is in the trash.' }],
  is_sent: true,
  can_undo: true,
  ...patch,
})

const sampleJob = (patch: Partial<BulkJob> = {}): BulkJob => ({
  id: 'bulk_1',
  site_id: 'site_1',
  kind: 'change',
  action: { kind: 'status', status: 'draft' },
  of: null,
  state: 'done',
  actor: null,
  total: 3,
  counts: { changed: 2, unchanged: 0, refused: { item_in_trash: 1 } },
  sending: { waiting: 0, failed: 0 },
  created_at: AT,
  finished_at: AT,
  can_undo: true,
  undone_by: null,
  ...patch,
})

const page = (results: ItemSummary[], next: string | null = null) => ({ body: { results, next } })
const ITEMS = ['One', 'Two', 'Three', 'Four'].map((title, index) => sampleSummary({ id: `item_${index + 1}`, title }))

function open(answers: Answers = {}, role: 'viewer' | 'editor' | 'admin' = 'editor', search = ''): FakeApi {
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession(role) },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    'GET /api/v1/integration/integrations': { body: { results: [sampleIntegration()], next: null } },
    [LIST]: page(ITEMS),
    [`GET ${BULK}`]: { body: { results: [], next: null } },
    [`POST ${BULK}`]: ({ body }) =>
      (body as { dry_run?: boolean }).dry_run === true
        ? { body: { plan: samplePlan(), job: null } }
        : { status: 202, body: { plan: null, job: sampleJob({ state: 'running', finished_at: null }) } },
    [`GET ${BULK}/bulk_1`]: { body: sampleJob() },
    [`GET ${BULK}/bulk_1/items`]: {
      body: {
        results: [
          {
            id: 'item_3',
            type: 'post',
            title: 'Three',
            outcome: 'refused',
            code: 'item_in_trash',
            state: 'synced',
            error: null,
          },
        ],
        next: null,
      },
    },
    ...answers,
  })
  renderAt(`/sites/site_1/items${search}`)
  return api
}

const box = (title: string) => screen.findByRole('checkbox', { name: `Select “${title}”` })
const count = () => document.querySelector('[data-selected-count]')?.textContent
const rowOf = (title: string) => screen.getByRole('link', { name: title }).closest('tr') as HTMLElement

async function choose(name: string): Promise<HTMLElement> {
  await userEvent.click(screen.getByRole('button', { name: 'Change' }))
  await userEvent.click(await screen.findByRole('menuitem', { name }))
  return screen.findByRole('dialog')
}

test('items are selected singly, as a range, and all; screen readers hear how many', async () => {
  open()
  await userEvent.click(await box('One'))
  expect(count()).toBe('1 selected')
  expect(rowOf('One')).toHaveAttribute('aria-selected', 'true')
  fireEvent.click(await box('Three'), { shiftKey: true })
  expect(count()).toBe('3 selected')
  await userEvent.click(await box('Two'))
  expect(count()).toBe('2 selected')
  await userEvent.click(screen.getByRole('checkbox', { name: 'Select all shown' }))
  expect(count()).toBe('4 selected')
  await userEvent.keyboard('{Escape}')
  expect(count()).toBe('')
  expect(screen.queryByRole('region', { name: 'Selected items' })).not.toBeInTheDocument()
})

test('keys move, select and search, but not while somebody types', async () => {
  open()
  await screen.findByRole('link', { name: 'One' })
  await userEvent.keyboard('jj')
  expect(screen.getByRole('link', { name: 'Two' })).toHaveFocus()
  await userEvent.keyboard('x')
  expect(count()).toBe('1 selected')
  fireEvent.keyDown(document.activeElement as Element, { key: 'J', shiftKey: true })
  expect(count()).toBe('2 selected')
  await userEvent.keyboard('k')
  expect(screen.getByRole('link', { name: 'Two' })).toHaveFocus()
  await userEvent.keyboard('/')
  expect(screen.getByLabelText('Search')).toHaveFocus()
  await userEvent.keyboard('jx')
  expect(screen.getByLabelText('Search')).toHaveValue('jx')
  expect(screen.getByLabelText('Search')).toHaveFocus()
})

test('the help lists the keys', async () => {
  open()
  await screen.findByRole('link', { name: 'One' })
  await userEvent.keyboard('?')
  expect(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })).toHaveTextContent('Next item')
})

test('a change shows first what it will do, then progress, what failed and why, and offers one undo', async () => {
  const api = open()
  for (const title of ['One', 'Two', 'Three']) await userEvent.click(await box(title))
  const dialog = await choose('Draft')
  expect(await within(dialog).findByText('2 items will change.')).toBeVisible()
  expect(within(dialog).getByText('2 post · Published')).toBeVisible()
  expect(within(dialog).getByText(/1 item stays as it is:/)).toHaveTextContent('Item in trash (1)')
  expect(within(dialog).getByText(/WordPress gets the changes at once/)).toHaveTextContent('You can undo this')
  const selection = { ids: ['item_1', 'item_2', 'item_3'] }
  const action = { kind: 'status', status: 'draft' }
  expect(api.callsOf(`POST ${BULK}`).map(({ body }) => body)).toEqual([{ selection, action, dry_run: true }])
  await userEvent.click(within(dialog).getByRole('button', { name: 'Change 2 items' }))
  expect(api.callsOf(`POST ${BULK}`).at(-1)?.body).toEqual({ selection: { ...selection, as_of: AT }, action })
  expect(await within(dialog).findByText('2 items changed · 1 could not be changed')).toBeVisible()
  expect(await within(dialog).findByRole('link', { name: 'Three' })).toHaveAttribute(
    'href',
    '/sites/site_1/items/item_3',
  )
  expect(within(dialog).getByText('Item in trash')).toBeVisible()
  const undo = sampleJob({
    id: 'bulk_2',
    kind: 'undo',
    of: 'bulk_1',
    can_undo: false,
    counts: { changed: 2, unchanged: 0, refused: {} },
  })
  api.answer({
    [`POST ${BULK}/bulk_1/undo`]: { status: 202, body: undo },
    [`GET ${BULK}/bulk_2`]: { body: undo },
  })
  await userEvent.click(within(dialog).getByRole('button', { name: 'Undo' }))
  expect(await within(dialog).findByText('2 items put back')).toBeVisible()
  expect(within(dialog).queryByRole('button', { name: 'Undo' })).not.toBeInTheDocument()
  await userEvent.click(within(dialog).getAllByRole('button', { name: 'Close' }).at(-1) as HTMLElement)
  expect(await screen.findByRole('region', { name: 'Change of many items' })).toHaveTextContent('Undo: Set the status')
  expect(count()).toBe('')
})

test('a change that is refused is taken back in the list, and says so', async () => {
  const api = open()
  await userEvent.click(await box('One'))
  const dialog = await choose('Draft')
  await within(dialog).findByText('2 items will change.')
  let refuse: () => void = () => undefined
  const answer = new Promise<void>((resolve) => (refuse = resolve))
  api.answer({ [`POST ${BULK}`]: problem(409, 'bulk_queue_full') })
  refuse()
  await answer
  await userEvent.click(within(dialog).getByRole('button', { name: 'Change 2 items' }))
  expect(await screen.findByText('It could not be started, so the list shows again what is true')).toBeVisible()
  expect(within(rowOf('One')).getByText('Published')).toBeInTheDocument()
})

test('everything that matches is selected by its filter, which the plan gives a moment', async () => {
  const api = open({ [LIST]: page(ITEMS, 'more') }, 'editor', '?type=post&term=category%3ANews&sort=-title')
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Select all shown' }))
  await userEvent.click(screen.getByRole('button', { name: 'Select everything that matches' }))
  expect(count()).toBe('Everything that matches is selected')
  const dialog = await choose('Move to trash')
  await within(dialog).findByText('2 items will change.')
  const filter = { type: 'post', term: 'category:News' }
  expect(api.callsOf(`POST ${BULK}`)[0]?.body).toMatchObject({ selection: { filter }, action: { kind: 'trash' } })
  expect(Object.fromEntries(api.callsOf(LIST)[0]?.query ?? [])).toMatchObject({ ...filter, sort: '-title' })
})

test('terms are named before the plan', async () => {
  const api = open()
  await userEvent.click(await box('One'))
  const dialog = await choose('Change terms…')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Continue' }))
  expect(within(dialog).getByText('Name at least one term to add or to remove.')).toBeVisible()
  await userEvent.type(within(dialog).getByLabelText('Add'), ' News , Sport,News')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Continue' }))
  await waitFor(() =>
    expect(api.callsOf(`POST ${BULK}`)[0]?.body).toMatchObject({
      action: { kind: 'terms', taxonomy: 'category', add: ['News', 'Sport'], remove: [] },
    }),
  )
})

test('a job that is under way is shown to whoever opens the list', async () => {
  const job = sampleJob({ id: 'bulk_9', state: 'running', counts: { changed: 1, unchanged: 0, refused: {} } })
  open({ [`GET ${BULK}`]: { body: { results: [job], next: null } }, [`GET ${BULK}/bulk_9`]: { body: job } })
  expect(await screen.findByText('1 of 3 done')).toBeVisible()
})

test('viewers select nothing, and editors don’t delete for good', async () => {
  open({}, 'viewer')
  await screen.findByRole('link', { name: 'One' })
  expect(screen.queryByRole('checkbox')).not.toBeInTheDocument()
})

test('admins may delete for good', async () => {
  open({}, 'admin')
  await userEvent.click(await box('One'))
  await userEvent.click(screen.getByRole('button', { name: 'Change' }))
  expect(await screen.findByRole('menuitem', { name: 'Delete permanently' })).toBeVisible()
})

test('columns are sorted by a click, and say so', async () => {
  const api = open()
  await userEvent.click(await screen.findByRole('button', { name: 'Title' }))
  await waitFor(() => expect(api.callsOf(LIST).at(-1)?.query.get('sort')).toBe('title'))
  expect(screen.getByRole('columnheader', { name: 'Title' })).toHaveAttribute('aria-sort', 'ascending')
  await userEvent.click(screen.getByRole('button', { name: 'Title' }))
  expect(window.location.search).toBe('?sort=-title')
})

test('⌘K finds items, pages and sites, and goes there', async () => {
  const api = open({
    'GET /api/v1/sites': { body: { results: [sampleSite({ id: 'site_2', name: 'Another shop' })], next: null } },
  })
  await screen.findByRole('link', { name: 'One' })
  await userEvent.keyboard('{Control>}k{/Control}')
  const dialog = await screen.findByRole('dialog')
  const field = await within(dialog).findByRole('combobox')
  await userEvent.type(field, 'another')
  expect(await screen.findByRole('option', { name: /Another shop/ })).toHaveAttribute('aria-selected', 'true')
  await waitFor(() => expect(api.callsOf(LIST).at(-1)?.query.get('q')).toBe('another'))
  expect(await within(dialog).findByRole('option', { name: /One/ })).toBeVisible()
  await userEvent.type(field, ' shop')
  expect(within(dialog).queryByRole('option', { name: /One/ })).not.toBeInTheDocument()
  await userEvent.keyboard('{ArrowDown}{ArrowUp}{Enter}')
  await waitFor(() => expect(window.location.pathname).toBe('/sites/site_2/content-types'))
})
