import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { ItemSummary } from '../../src/api/types.ts'
import { sampleContentTypes } from '../support/content-type-samples.ts'
import { type Answers, type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { sampleItem, sampleSummary } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

// the editor is large: a test's first click must not wait for its code
beforeAll(() => import('../../src/pages/items/edit-form.tsx'), 60_000)
beforeEach(() => {
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList
  Range.prototype.getBoundingClientRect = () => new DOMRect()
})

const LIST = 'GET /api/v1/sites/site_1/content'
const ITEM = '/api/v1/sites/site_1/content/item_1'
const INTEGRATION = '/api/v1/integration/integrations'

const ROWS = [
  sampleSummary({ id: 'item_1', title: 'Roses' }),
  sampleSummary({ id: 'item_2', title: 'Tulips', status: 'draft' }),
  sampleSummary({ id: 'item_3', title: 'Oaks', status: 'draft' }),
]
const page = (results: ItemSummary[]) => ({ body: { results, next: null } })
/** An answer that comes when the test says so. */
function held<T>(): { answer: () => Promise<T>; come: (reply: T) => void } {
  let come: (reply: T) => void = () => undefined
  const reply = new Promise<T>((resolve) => (come = resolve))
  return { answer: () => reply, come: (value) => come(value) }
}

async function openList(answers: Answers = {}): Promise<FakeApi> {
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession('editor') },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    'GET /api/v1/sites/site_1/bulk': { body: { results: [], next: null } },
    'GET /api/v1/sites/site_1/terms': { body: { results: [], next: null } },
    [`GET ${INTEGRATION}`]: { body: { results: [sampleIntegration()], next: null } },
    [`GET ${INTEGRATION}/int_1/content-types`]: { body: sampleContentTypes() },
    [`GET ${INTEGRATION}/int_1/authors`]: { body: { results: [], next: null } },
    [LIST]: page(ROWS),
    [`GET ${ITEM}`]: { body: sampleItem({ title: 'Roses' }) },
    ...answers,
  })
  renderAt('/sites/site_1/items')
  await screen.findByRole('link', { name: 'Roses' })
  return api
}

const titles = () => screen.getAllByRole('row').flatMap((row) => within(row).queryAllByRole('link', { name: /^\w+$/ }))
const shown = () => titles().map(({ textContent }) => textContent)

test('a filter shows at once what is known, and then what the API answers', async () => {
  const late = held<ReturnType<typeof page>>()
  await openList({ [LIST]: ({ query }) => (query.get('status') === 'draft' ? late.answer() : page(ROWS)) })
  await userEvent.selectOptions(screen.getByLabelText('Status'), 'draft')
  expect(shown()).toEqual(expect.arrayContaining(['Tulips', 'Oaks']))
  expect(screen.queryByRole('link', { name: 'Roses' })).not.toBeInTheDocument()
  expect(screen.queryByText('2 items shown')).not.toBeInTheDocument()
  late.come(page([...ROWS.slice(1), sampleSummary({ id: 'item_9', title: 'Ferns', status: 'draft' })]))
  expect(await screen.findByRole('link', { name: 'Ferns' })).toBeVisible()
  expect(screen.getByText('3 items shown')).toBeVisible()
})

test('a search narrows the list with each letter, before it is asked for', async () => {
  const api = await openList()
  const before = api.callsOf(LIST).length
  fireEvent.change(screen.getByLabelText('Search'), { target: { value: 'oa' } })
  expect(shown()).toEqual(['Oaks'])
  expect(api.callsOf(LIST)).toHaveLength(before)
  await waitFor(() => expect(api.callsOf(LIST).at(-1)?.query.get('q')).toBe('oa'))
})

test('an item is there with what the list has of it, and has one heading all along', async () => {
  const late = held<{ body: unknown }>()
  await openList({ [`GET ${ITEM}`]: late.answer })
  await userEvent.click(screen.getByRole('link', { name: 'Roses' }))
  const heading = await screen.findByRole('heading', { level: 1, name: 'Roses' })
  expect(heading).toHaveFocus()
  expect(within(screen.getByRole('region', { name: 'Details' })).getByText('Published')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Edit' })).not.toBeInTheDocument()
  late.come({ body: sampleItem({ title: 'Roses' }) })
  expect(await screen.findByRole('button', { name: 'Edit' })).toBeEnabled()
  expect(screen.getByRole('heading', { level: 1 })).toBe(heading)
  expect(heading).toHaveFocus()
})

test('the key e in a list opens the form of the item', async () => {
  await openList()
  await userEvent.keyboard('je')
  expect(await screen.findByLabelText('Title', {}, { timeout: 10_000 })).toHaveValue('Roses')
})

const change = async (title: string) => {
  await userEvent.click(screen.getByRole('link', { name: 'Roses' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }))
  const field = await screen.findByLabelText('Title', {}, { timeout: 10_000 })
  await userEvent.clear(field)
  await userEvent.type(field, title)
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
}

test('a save is shown before the API answers', async () => {
  const late = held<{ body: unknown }>()
  await openList({ [`PATCH ${ITEM}`]: late.answer })
  await change('Wild roses')
  const heading = await screen.findByRole('heading', { level: 1, name: 'Wild roses' })
  await waitFor(() => expect(heading).toHaveFocus())
  expect(screen.queryByRole('textbox', { name: 'Title' })).not.toBeInTheDocument()
  expect(screen.getByText('Saving…')).toBeVisible()
  late.come({ body: sampleItem({ title: 'Wild roses', revision: 4 }) })
  await waitFor(() => expect(screen.queryByText('Saving…')).not.toBeInTheDocument())
  expect(screen.getByRole('button', { name: 'Edit' })).toBeEnabled()
})

test('a save that is refused is taken back: the form is there again as it was, with the reason', async () => {
  const late = held<ReturnType<typeof problem>>()
  await openList({ [`PATCH ${ITEM}`]: late.answer })
  await change('Wild roses')
  await screen.findByRole('heading', { level: 1, name: 'Wild roses' })
  late.come(problem(503, 'unavailable'))
  const alert = await screen.findByRole('alert')
  expect(screen.getByRole('heading', { level: 1, name: 'Roses' })).toBeVisible()
  expect(screen.getByLabelText('Title')).toHaveValue('Wild roses')
  await waitFor(() => expect(document.activeElement).toContainElement(alert))
})

test('a list shows a save at once and takes it back; whoever left the item is told that it was refused', async () => {
  const late = held<ReturnType<typeof problem>>()
  await openList({ [`PATCH ${ITEM}`]: late.answer, [LIST]: [page(ROWS), problem(503, 'unavailable')] })
  await change('Wild roses')
  await userEvent.click(screen.getAllByRole('link', { name: 'Items' })[0] as HTMLElement)
  expect(await screen.findByRole('link', { name: 'Wild roses' })).toBeVisible()
  late.come(problem(503, 'unavailable'))
  expect(await screen.findByRole('link', { name: 'Roses' })).toBeVisible()
  expect(await screen.findByText(/“Roses” was not saved. What you typed is kept./)).toBeVisible()
})

test('a draft is opened in wp-admin, since visitors have no page of it', async () => {
  await openList()
  const link = screen.getByRole('link', { name: /Edit “Tulips” in wp-admin/ })
  expect(link).toHaveAttribute('href', 'https://example.com/wp-admin/post.php?post=126&action=edit')
  expect(screen.getByRole('link', { name: /Open “Roses” in WordPress/ })).toHaveAttribute(
    'href',
    'https://example.com/opening-hours/',
  )
})
