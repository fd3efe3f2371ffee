import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Item } from '../../src/api/types.ts'
import { sampleContentTypes } from '../support/content-type-samples.ts'
import { type Answers, type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { sampleItem, sampleSeo, sampleSummary } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

// the editor is large: a test's first click must not wait for its code
beforeAll(() => import('../../src/pages/items/edit-form.tsx'), 60_000)

const ITEM = '/api/v1/sites/site_1/content/item_1'
const INTEGRATION = '/api/v1/integration/integrations'
const TERMS = 'GET /api/v1/sites/site_1/terms'
const LIST = 'GET /api/v1/sites/site_1/content'

beforeEach(() => {
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList
  Range.prototype.getBoundingClientRect = () => new DOMRect()
})

const term = (name: string) => ({ id: 1, name, slug: name.toLowerCase(), parent: null, value: name })

async function edit(item: Item, answers: Answers = {}): Promise<FakeApi> {
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession('editor') },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    [`GET ${INTEGRATION}`]: { body: { results: [sampleIntegration()], next: null } },
    [`GET ${INTEGRATION}/int_1/content-types`]: { body: sampleContentTypes() },
    [`GET ${INTEGRATION}/int_1/authors`]: { body: { results: [], next: null } },
    [`GET ${ITEM}`]: { body: item },
    [TERMS]: { body: { results: [term('News'), term('Shop')], next: null } },
    [LIST]: { body: { results: [], next: null } },
    [`PATCH ${ITEM}`]: ({ body }) => ({ body: { ...item, ...(body as object), revision: item.revision + 1 } }),
    ...answers,
  })
  renderAt('/sites/site_1/items/item_1')
  const button = await screen.findByRole('button', { name: 'Edit' })
  if (!button.hasAttribute('disabled')) await userEvent.click(button)
  await screen.findByLabelText('Title')
  return api
}
const save = () => userEvent.click(screen.getByRole('button', { name: 'Save' }))
const sent = async (api: FakeApi) => {
  await waitFor(() => expect(api.callsOf(`PATCH ${ITEM}`).length).toBeGreaterThan(0))
  return api.callsOf(`PATCH ${ITEM}`).at(-1)?.body
}
const draftsOf = () => Object.keys(localStorage).filter((name) => name.startsWith('igny8-draft:'))

describe('beside the text', () => {
  test('categories and tags are suggested and created, and only the changed taxonomy is sent', async () => {
    const api = await edit(sampleItem({ terms: { category: ['News'], post_tag: ['old'] } }))
    const categories = await screen.findByRole('combobox', { name: 'Categories' })
    await userEvent.click(categories)
    await userEvent.click(await screen.findByRole('option', { name: 'Shop' }))
    await userEvent.type(categories, 'Brand new{Enter}')
    await save()
    expect(await sent(api)).toEqual({ terms: { category: ['News', 'Shop', 'Brand new'] }, if_revision: 3 })
    expect(api.callsOf(TERMS).some(({ query }) => query.get('taxonomy') === 'category')).toBe(true)
  })

  test('a featured image is set by its address, or chosen from those of the site', async () => {
    const known = sampleSummary({ featured_image: { url: 'https://example.com/shop.jpg', alt: 'Our shop' } })
    const api = await edit(sampleItem(), { [LIST]: { body: { results: [known], next: null } } })
    const group = within(screen.getByRole('group', { name: 'Featured image' }))
    await userEvent.type(group.getByLabelText('Address of the image'), 'shop.jpg')
    expect(group.getByText(/begins with https/)).toBeVisible()
    await userEvent.click(group.getByRole('button', { name: 'Choose from the site’s images' }))
    await userEvent.click(await group.findByRole('button', { name: 'Our shop' }))
    await save()
    expect(await sent(api)).toEqual({
      featured_image: { url: 'https://example.com/shop.jpg', alt: 'Our shop' },
      if_revision: 3,
    })
  })

  test('a parent is found by its title', async () => {
    const parent = sampleSummary({ id: 'item_9', title: 'About us', type: 'page' })
    const api = await edit(sampleItem({ type: 'page' }), {
      [LIST]: { body: { results: [parent], next: null } },
      'GET /api/v1/sites/site_1/content/item_9': { body: sampleItem({ id: 'item_9', title: 'About us' }) },
    })
    await userEvent.type(screen.getByRole('combobox', { name: 'Parent' }), 'about')
    await userEvent.click(await screen.findByRole('option', { name: 'About us' }))
    await save()
    expect(await sent(api)).toEqual({ parent_id: 'item_9', if_revision: 3 })
  })

  test('dates are in the time zone of the site, which is named', async () => {
    const api = await edit(sampleItem({ status: 'draft', date: '2099-07-01T10:00:00.000Z' }))
    expect(await screen.findByText(/Time zone of the site: Europe\/Berlin/)).toBeVisible()
    const date = screen.getByLabelText('Date')
    expect(date).toHaveValue('2099-07-01T12:00')
    fireEvent.change(date, { target: { value: '2099-12-01T09:00' } })
    await save()
    expect(await sent(api)).toEqual({ date: '2099-12-01T08:00:00.000Z', if_revision: 3 })
  })

  test('the search result is shown as it will look, with the length of title and description', async () => {
    await edit(sampleItem({ seo: { ...sampleSeo(), title: 'Shop hours' } }))
    const result = screen.getByRole('figure', { name: 'Preview of the search result' })
    expect(result).toHaveTextContent('example.com › opening-hours')
    expect(result).toHaveTextContent('Shop hours')
    expect(result).toHaveTextContent('We open at nine.')
    expect(screen.getByLabelText('SEO title')).toHaveAccessibleDescription(/^10 characters; .*about 60/)
  })
})

describe('the text', () => {
  test('is shown in the editor, and as HTML, where a change reaches the editor', async () => {
    const api = await edit(sampleItem())
    const body = await screen.findByRole('textbox', { name: 'Body' })
    expect(body).toHaveTextContent('We open at nine.')
    await userEvent.click(screen.getByRole('radio', { name: 'HTML' }))
    const html = await screen.findByRole('textbox', { name: 'Body' })
    fireEvent.change(html, { target: { value: '<!-- wp:heading -->\n<h2>Hours</h2>\n<!-- /wp:heading -->' } })
    await userEvent.click(screen.getByRole('radio', { name: 'Write' }))
    expect(await screen.findByRole('heading', { level: 2, name: 'Hours' })).toBeVisible()
    await save()
    expect(await sent(api)).toMatchObject({ body: '<!-- wp:heading -->\n<h2>Hours</h2>\n<!-- /wp:heading -->' })
  })

  test('of a page builder is shown alone, with the reason', async () => {
    await edit(sampleItem({ builder: 'elementor' }))
    expect(screen.queryByRole('radio', { name: 'Write' })).not.toBeInTheDocument()
    expect(screen.getByLabelText('Body')).toHaveAttribute('readonly')
    expect(screen.getByText(/elementor renders this text/)).toBeVisible()
  })

  test('T46 is previewed in a frame where nothing runs', async () => {
    const evil =
      '<p onclick="x()">a</p><script>x()</script><iframe src="https://e.com"></iframe><a href="java&#10;script:x()">l</a>'
    await edit(
      sampleItem({
        body: `${evil}<svg onload="x()"><script>x()</script></svg><meta http-equiv="refresh" content="0">`,
      }),
    )
    await userEvent.click(screen.getByRole('radio', { name: 'Preview' }))
    const frame = await screen.findByTitle<HTMLIFrameElement>('Preview of the text')
    expect(frame).toHaveAttribute('sandbox', '')
    const document = frame.getAttribute('srcdoc') ?? ''
    expect(document).toContain("default-src 'none'")
    const { body } = new DOMParser().parseFromString(document, 'text/html')
    expect(body.querySelector('script, iframe, meta, [onclick], [onload], [href^=java]')).toBeNull()
    expect(body.textContent).toContain('a')
  })
})

describe('what was typed', () => {
  const openAgain = () => {
    cleanup()
    renderAt('/sites/site_1/items/item_1')
  }

  test('is kept on this device, offered when the item is opened again, and gone once it is saved', async () => {
    const api = await edit(sampleItem())
    await userEvent.type(screen.getByLabelText('Title'), '!')
    await waitFor(() => expect(draftsOf()).toHaveLength(1))
    expect(screen.getByText('Not saved yet. It is kept on this device.')).toBeVisible()
    openAgain()
    expect(await screen.findByLabelText('Title')).toHaveValue('Opening hours!')
    expect(screen.getByTestId('restored')).toHaveTextContent('did not save it')
    await save()
    expect(await sent(api)).toEqual({ title: 'Opening hours!', if_revision: 3 })
    await waitFor(() => expect(draftsOf()).toEqual([]))
  })

  test('can be discarded', async () => {
    await edit(sampleItem())
    await userEvent.type(screen.getByLabelText('Title'), '!')
    openAgain()
    await userEvent.click(await screen.findByRole('button', { name: 'Discard it' }))
    expect(screen.getByLabelText('Title')).toHaveValue('Opening hours')
    await waitFor(() => expect(draftsOf()).toEqual([]))
  })

  test('is not lost by Escape, by a click outside, or offline', async () => {
    const ask = vi.spyOn(window, 'confirm')
    await edit(sampleItem())
    await userEvent.type(screen.getByLabelText('Title'), '!{Escape}')
    await userEvent.click(document.body)
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    act(() => void window.dispatchEvent(new Event('offline')))
    expect(screen.getByText(/You are offline/)).toBeVisible()
    expect(screen.getByLabelText('Title')).toHaveValue('Opening hours!')
    expect(ask).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  test('meets a newer version when it is opened again, and overwrites nothing unseen', async () => {
    const api = await edit(sampleItem())
    await userEvent.type(screen.getByLabelText('Title'), '!')
    await waitFor(() => expect(draftsOf()).toHaveLength(1))
    api.answer({ [`GET ${ITEM}`]: { body: sampleItem({ title: 'Theirs', revision: 4 }) } })
    openAgain()
    expect(await screen.findByText('The item changed while you were editing')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled()
  })
})

test('Ctrl+S saves and goes on, with the revision that was saved', async () => {
  const api = await edit(sampleItem())
  await userEvent.type(screen.getByLabelText('Title'), '!')
  await userEvent.keyboard('{Control>}s{/Control}')
  expect(await sent(api)).toEqual({ title: 'Opening hours!', if_revision: 3 })
  await waitFor(() => expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled())
  await userEvent.type(screen.getByLabelText('Title'), '?')
  await userEvent.keyboard('{Control>}s{/Control}')
  await waitFor(() => expect(api.callsOf(`PATCH ${ITEM}`)).toHaveLength(2))
  expect(api.callsOf(`PATCH ${ITEM}`)[1]?.body).toEqual({ title: 'Opening hours!?', if_revision: 4 })
})

test('a failed save is shown beside the button and gets focus; a refused field gets it itself', async () => {
  const errors = [{ path: 'body.slug', code: 'too_big', message: 'too long' }]
  await edit(sampleItem(), {
    [`PATCH ${ITEM}`]: [problem(503, 'unavailable'), problem(400, 'validation_error', 'Not valid.', { errors })],
  })
  await userEvent.type(screen.getByLabelText('Title'), '!')
  await save()
  const alert = await screen.findByRole('alert')
  await waitFor(() => expect(document.activeElement).toContainElement(alert))
  await save()
  await waitFor(() => expect(screen.getByLabelText('Slug')).toHaveFocus())
})
