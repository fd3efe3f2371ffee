import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { Item } from '../../src/api/types.ts'
import { type Answers, type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { sampleConflict, sampleItem, sampleSeo, sampleVersion } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

// the editor is large: a test's first click must not wait for its code
beforeAll(() => import('../../src/pages/items/edit-form.tsx'), 60_000)

const ITEM = '/api/v1/sites/site_1/content/item_1'
const INTEGRATION = '/api/v1/integration/integrations'

const open = (item: Item, answers: Answers = {}, role: 'viewer' | 'editor' | 'admin' = 'editor'): FakeApi => {
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession(role) },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    [`GET ${INTEGRATION}`]: { body: { results: [sampleIntegration()], next: null } },
    [`GET ${INTEGRATION}/int_1/content-types`]: problem(500, 'internal_error'),
    [`GET ${ITEM}`]: { body: item },
    ...answers,
  })
  renderAt('/sites/site_1/items/item_1')
  return api
}
const field = (name: string) => screen.getByRole('group', { name })
const changeOf = async (path: string) => {
  await screen.findByRole('heading', { name: 'Both sides' })
  return waitFor(() => {
    const found = document.querySelector<HTMLElement>(`[data-field="${path}"]`)
    if (!found) throw new Error(`${path} is not compared`)
    return found
  })
}

test('an item that is the same on both sides says so, with its details and a link to WordPress', async () => {
  const featured_image = { url: 'https://example.com/a.jpg', alt: 'Our shop' }
  open(sampleItem({ featured_image, wordpress: sampleVersion({ featured_image }) }))
  expect(await screen.findByRole('heading', { level: 1, name: 'Opening hours' })).toBeVisible()
  expect(await screen.findByText('Both sides are the same.')).toBeVisible()
  expect(screen.getByRole('link', { name: /Open in WordPress/ })).toHaveAttribute('target', '_blank')
  expect(screen.getByRole('link', { name: /Our shop/ })).toHaveAttribute('href', 'https://example.com/a.jpg')
  expect(document.querySelector('main img')).toBeNull()
  expect(screen.getByText('News')).toBeVisible()
  expect(document.title).toMatch(/^Opening hours · Example/)
})

test('differences are shown by field and word: removed text struck, added text marked', async () => {
  open(
    sampleItem({
      state: 'local_ahead',
      title: 'Opening times',
      status: 'draft',
      terms: { category: ['News', 'Shop'] },
      meta: { color: 'red', size: 3 },
      wordpress: sampleVersion({ meta: { color: 'blue', gone: true }, terms: { category: ['News', 'Hours'] } }),
    }),
  )
  const title = await changeOf('title')
  expect(title.querySelector('del')).toHaveTextContent('hours')
  expect(title.querySelector('ins')).toHaveTextContent('times')
  const status = await changeOf('status')
  expect([status.querySelector('del')?.textContent, status.querySelector('ins')?.textContent]).toEqual([
    'Published',
    'Draft',
  ])
  const terms = await changeOf('terms.category')
  expect(
    within(terms)
      .getAllByRole('listitem')
      .map(({ textContent }) => textContent),
  ).toEqual(['News', 'Hours', 'Shop'])
  expect((await changeOf('meta.gone')).querySelector('del')).toHaveTextContent('true')
  expect((await changeOf('meta.size')).querySelector('ins')).toHaveTextContent('3')
  expect((await changeOf('meta.color')).querySelector('ins')).toHaveTextContent('red')
})

test('a conflict is resolved field by field with a preview, and can be undone', async () => {
  const resolved = sampleItem({ title: 'Opening times', revision: 4, can_undo: true })
  const api = open(sampleConflict(), {
    [`POST ${ITEM}/resolve`]: { body: resolved },
    [`POST ${ITEM}/undo`]: { body: sampleConflict({ revision: 5 }) },
  })
  const resolve = await screen.findByRole('button', { name: 'Resolve' })
  expect(resolve).toBeDisabled()
  await userEvent.click(within(field('Title')).getByRole('radio', { name: 'WordPress' }))
  expect(resolve).toBeDisabled()
  await userEvent.click(within(field('Body')).getByRole('radio', { name: 'IGNY8' }))
  const result = screen.getByRole('region', { name: 'Result on both sides' })
  expect(result).toHaveTextContent('Title · WordPressOpening times')
  expect(result).toHaveTextContent('We open at eight.')
  await userEvent.click(resolve)
  expect(await screen.findByRole('button', { name: 'Undo resolution' })).toBeVisible()
  expect(api.callsOf(`POST ${ITEM}/resolve`)[0]?.body).toEqual({
    fields: { title: 'wordpress', body: 'igny8' },
    if_revision: 3,
  })
  await userEvent.click(screen.getByRole('button', { name: 'Undo resolution' }))
  expect(await screen.findByRole('button', { name: 'Resolve' })).toBeVisible()
})

test('one button chooses one side for all fields', async () => {
  const api = open(sampleConflict(), { [`POST ${ITEM}/resolve`]: { body: sampleItem({ revision: 4 }) } })
  await userEvent.click(await screen.findByRole('button', { name: 'All from IGNY8' }))
  await userEvent.click(screen.getByRole('button', { name: 'Resolve' }))
  await waitFor(() => expect(api.callsOf(`POST ${ITEM}/resolve`)[0]?.body).toEqual({ choice: 'igny8', if_revision: 3 }))
})

test('a conflict resolved elsewhere is explained, and the latest version is shown', async () => {
  const api = open(sampleConflict(), { [`POST ${ITEM}/resolve`]: problem(409, 'no_conflict') })
  await userEvent.click(await screen.findByRole('button', { name: 'All from WordPress' }))
  api.answer({ [`GET ${ITEM}`]: { body: sampleItem({ revision: 4 }) } })
  await userEvent.click(screen.getByRole('button', { name: 'Resolve' }))
  expect(await screen.findByText('The item has changed')).toBeVisible()
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Resolve' })).not.toBeInTheDocument())
  expect(await screen.findByText('Both sides are the same.')).toBeVisible()
})

test('a deletion on one side is explained, with the effect of each choice', async () => {
  const conflict = {
    fields: ['deleted'],
    since: '2026-11-21T10:00:00.000Z',
    wordpress: null,
    base: sampleVersion(),
    stale_save: null,
  }
  open(sampleItem({ state: 'conflict', title: 'Changed here', wordpress: null, conflict }))
  expect(await screen.findByText(/It was deleted in WordPress and changed in IGNY8/)).toBeVisible()
  expect(screen.getByRole('radio', { name: 'WordPress' })).toHaveAccessibleDescription(
    'Delete it in IGNY8 too. It can be restored.',
  )
  expect(screen.getByRole('radio', { name: 'IGNY8' })).toHaveAccessibleDescription(
    'Keep it. It is created again in WordPress.',
  )
  expect((await changeOf('title')).querySelector('ins')).toHaveTextContent('Changed here')
  expect(screen.queryByRole('button', { name: 'Edit' })).not.toBeInTheDocument()
})

test('a viewer sees both versions, and no way to choose', async () => {
  open(sampleConflict(), { [`GET ${INTEGRATION}`]: problem(403, 'role_too_low') }, 'viewer')
  expect(await screen.findByText('Editors of the account can resolve this.')).toBeVisible()
  expect(within(field('Title')).getByRole('radio', { name: 'WordPress' })).toBeDisabled()
  expect(screen.queryByRole('button', { name: /^(Edit|Delete|Sync now|Resolve)$/ })).not.toBeInTheDocument()
})

const FAULT = {
  code: 'parent_cycle',
  detail: 'The parent is the post itself.',
  fix: 'Choose another parent.',
  since: '2026-11-21T10:00:00.000Z',
}

test('a failed item shows why and what to do, and can be retried and synced', async () => {
  const api = open(sampleItem({ state: 'failed', error: FAULT }), {
    [`POST ${ITEM}/retry`]: problem(500, 'internal_error', 'Not now.'),
    [`POST ${INTEGRATION}/int_1/sync-wordpress-content`]: { body: sampleItem({ revision: 4 }) },
  })
  const failure = await screen.findByTestId('item-failure')
  expect(failure).toHaveTextContent('It would be its own parent')
  expect(failure).toHaveTextContent('The parent is the post itself.')
  expect(failure).toHaveTextContent('Choose another parent.')
  await userEvent.click(within(failure).getByRole('button', { name: 'Retry' }))
  expect(await screen.findByText('Not now.')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Sync now' }))
  expect(await screen.findByText('Both sides are up to date.')).toBeVisible()
  expect(api.callsOf(`POST ${INTEGRATION}/int_1/sync-wordpress-content`)[0]?.body).toEqual({ content_id: 'item_1' })
  expect(screen.queryByTestId('item-failure')).not.toBeInTheDocument()
  expect(screen.queryByText('Not now.')).not.toBeInTheDocument()
})

test('T57 an item whose post is open in WordPress waits: who has it open, since when, and what happens next', async () => {
  const error = {
    ...FAULT,
    code: 'post_locked',
    detail: 'Ada has this post open in WordPress’ editor.',
    fix: 'It is sent as soon as the post is closed there.',
  }
  open(sampleItem({ state: 'local_ahead', error }))
  const notice = await screen.findByTestId('item-open')
  expect(notice).toHaveTextContent('Ada has this post open in WordPress’ editor.')
  expect(notice.querySelector('time')).toHaveAttribute('dateTime', FAULT.since)
  expect(notice).toHaveTextContent('sent within half a minute')
  expect(within(notice).getByRole('button', { name: 'Try now' })).toBeVisible()
  expect(screen.queryByTestId('item-failure')).not.toBeInTheDocument()
})

test('T57 a conflict says who saved without IGNY8’s version, and when', async () => {
  const item = sampleConflict()
  const stale_save = { by: 'Ada <b>', at: FAULT.since }
  open({ ...item, conflict: item.conflict && { ...item.conflict, stale_save } })
  const panel = await screen.findByTestId('conflict')
  expect(panel).toHaveTextContent('Ada <b> saved this post in WordPress')
  expect(panel.querySelector('time')).toHaveAttribute('dateTime', FAULT.since)
  expect(panel).not.toHaveTextContent('Nothing was overwritten')
})

test('an edit sends only changed fields and the revision they are based on', async () => {
  const api = open(sampleItem(), { [`PATCH ${ITEM}`]: { body: sampleItem({ title: 'New title', revision: 4 }) } })
  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }))
  const title = await screen.findByLabelText('Title')
  expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled()
  await userEvent.clear(title)
  await userEvent.type(title, 'New title')
  await userEvent.selectOptions(screen.getByLabelText('Status'), 'Draft')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByRole('heading', { level: 1, name: 'New title' })).toBeVisible()
  expect(api.callsOf(`PATCH ${ITEM}`)[0]?.body).toEqual({ title: 'New title', status: 'draft', if_revision: 3 })
  expect(screen.queryByLabelText('Body')).not.toBeInTheDocument()
})

describe('the author in the form', () => {
  const AUTHORS = `GET ${INTEGRATION}/int_1/authors`
  const authors = {
    body: {
      results: [
        { id: 3, name: 'Bo' },
        { id: 4, name: '' },
      ],
      next: null,
    },
  }
  const edit = async (item: Item, answers: Answers = {}) => {
    const api = open(item, { [AUTHORS]: authors, [`PATCH ${ITEM}`]: { body: sampleItem({ revision: 4 }) }, ...answers })
    await userEvent.click(await screen.findByRole('button', { name: 'Edit' }))
    await screen.findByLabelText('Title')
    return api
  }
  const optionsOf = (select: HTMLElement) =>
    within(select)
      .getAllByRole('option')
      .map(({ textContent }) => textContent)

  test('is chosen of the users of the site, and one who is not among them stays until then', async () => {
    const api = await edit(sampleItem())
    const select = await screen.findByRole('combobox', { name: 'Author' })
    expect(optionsOf(select)).toEqual(['Ada', 'Bo', '4'])
    await userEvent.selectOptions(select, 'Bo')
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(api.callsOf(`PATCH ${ITEM}`)[0]?.body).toEqual({ author: 3, if_revision: 3 }))
  })

  test('of an item without one is as the site decides', async () => {
    const api = await edit(sampleItem({ author: null }))
    const select = await screen.findByRole('combobox', { name: 'Author' })
    expect(optionsOf(select)).toEqual(['As the site decides', 'Bo', '4'])
    await userEvent.selectOptions(select, '4')
    expect(screen.getByRole('button', { name: 'Save' })).toBeEnabled()
    await userEvent.selectOptions(select, 'As the site decides')
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled()
    expect(api.callsOf(`PATCH ${ITEM}`)).toHaveLength(0)
  })

  test('cannot be chosen where the site lists nobody', async () => {
    const api = await edit(sampleItem(), { [AUTHORS]: { body: { results: [], next: null } } })
    await waitFor(() => expect(api.callsOf(AUTHORS)).toHaveLength(1))
    expect(screen.queryByRole('combobox', { name: 'Author' })).not.toBeInTheDocument()
  })

  test('is among the changes that a newer version is compared with', async () => {
    await edit(sampleItem(), {
      [`GET ${ITEM}`]: [{ body: sampleItem() }, { body: sampleItem({ title: 'Theirs', revision: 4 }) }],
      [`PATCH ${ITEM}`]: problem(409, 'conflict'),
    })
    await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Author' }), 'Bo')
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    const alert = await screen.findByRole('alert')
    expect(alert.querySelector('[data-field="author"]')).toHaveTextContent(/Ada.*Bo/)
  })
})

describe('T56 status and date in the form', () => {
  const soon = '2099-11-21T10:00:00.000Z'
  const edit = async (item: Item) => {
    const api = open(item, { [`PATCH ${ITEM}`]: { body: sampleItem({ revision: 4 }) } })
    await userEvent.click(await screen.findByRole('button', { name: 'Edit' }))
    const date = await screen.findByLabelText('Date')
    const status = screen.getByLabelText('Status')
    const saved = async () => {
      await userEvent.click(screen.getByRole('button', { name: 'Save' }))
      await waitFor(() => expect(api.callsOf(`PATCH ${ITEM}`)).toHaveLength(1))
      return api.callsOf(`PATCH ${ITEM}`)[0]?.body
    }
    return { api, date, status, saved }
  }

  test('“Published” empties a date to come, so that it means now; another status shows it again', async () => {
    const { date, status, saved } = await edit(sampleItem({ status: 'future', date: soon }))
    expect(screen.getByText(/Scheduling needs a date to come/)).toBeVisible()
    await userEvent.selectOptions(status, 'Published')
    expect(date).toHaveValue('')
    expect(screen.getByText(/Empty means now/)).toBeVisible()
    await userEvent.selectOptions(status, 'Draft')
    expect(date).not.toHaveValue('')
    await userEvent.selectOptions(status, 'Published')
    expect(await saved()).toEqual({ status: 'publish', date: null, if_revision: 3 })
  })

  test('unscheduling keeps the date', async () => {
    const { status, saved } = await edit(sampleItem({ status: 'future', date: soon }))
    await userEvent.selectOptions(status, 'Draft')
    expect(await saved()).toEqual({ status: 'draft', if_revision: 3 })
  })

  test('a date is sent as the time of Greenwich', async () => {
    const { date, status, saved } = await edit(sampleItem({ status: 'draft', date: null }))
    await userEvent.selectOptions(status, 'Scheduled')
    fireEvent.change(date, { target: { value: '2099-05-01T12:30' } })
    const sent = new Date('2099-05-01T12:30').toISOString()
    expect(await saved()).toEqual({ status: 'future', date: sent, if_revision: 3 })
  })
})

test('T56 an item that missed its time says so, and one that was published late', async () => {
  open(sampleItem({ status: 'future', overdue_since: '2026-11-21T10:00:00.000Z' }))
  expect(await screen.findByText('It should be live by now')).toBeVisible()
  cleanup()
  open(sampleItem({ published_late_at: '2026-11-21T11:00:00.000Z' }))
  expect(await screen.findByText('Published late')).toBeVisible()
})

test('SEO fields are shown with their plugin, and an edit sends only those that change', async () => {
  const seo = { ...sampleSeo(), title: 'Shop %%sep%% Hours', robots: ['noindex', 'noodp'] }
  const item = sampleItem({ seo, wordpress: sampleVersion({ seo: { ...seo, title: 'Old', robots: [] } }) })
  const api = open(item, { [`PATCH ${ITEM}`]: { body: sampleItem({ seo, revision: 4 }) } })
  expect((await changeOf('seo.title')).querySelector('h3')).toHaveTextContent('SEO title')
  expect((await changeOf('seo.robots')).querySelectorAll('ins')).toHaveLength(2)
  await userEvent.click(screen.getByText('Yoast SEO: 2 SEO fields set'))
  expect(screen.getByText('noindex, noodp')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Edit' }))
  const form = within(await screen.findByRole('group', { name: 'SEO: Yoast SEO' }))
  await userEvent.type(form.getByLabelText('Meta description'), 'We open at nine.')
  await userEvent.click(form.getByLabelText('noindex'))
  await userEvent.click(form.getByLabelText('nofollow'))
  await userEvent.selectOptions(form.getByLabelText('Primary category'), 'News')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(api.callsOf(`PATCH ${ITEM}`)).toHaveLength(1))
  expect(api.callsOf(`PATCH ${ITEM}`)[0]?.body).toEqual({
    seo: { description: 'We open at nine.', robots: ['nofollow', 'noodp'], primary_category: 'News' },
    if_revision: 3,
  })
})

test('without an SEO plugin the form has no such fields', async () => {
  open(sampleItem())
  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }))
  expect(await screen.findByLabelText('Title')).toBeVisible()
  expect(screen.queryByLabelText('Meta description')).not.toBeInTheDocument()
})

test('unsaved text is discarded only after a confirmation', async () => {
  const ask = vi.spyOn(window, 'confirm').mockReturnValueOnce(false).mockReturnValueOnce(true)
  open(sampleItem())
  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }))
  await userEvent.type(await screen.findByLabelText('Title'), '!')
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(ask).toHaveBeenLastCalledWith('Leave without saving? Your changes are lost.')
  expect(screen.getByLabelText('Title')).toHaveValue(`${sampleItem().title}!`)
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(screen.queryByLabelText('Title')).not.toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Edit' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }))
  expect(ask).toHaveBeenCalledTimes(2)
})

test('an edit of an outdated version is refused but kept, compared, and can be saved', async () => {
  const theirs = sampleItem({ title: 'Their title', excerpt: 'Theirs', revision: 4 })
  const api = open(sampleItem(), {
    [`PATCH ${ITEM}`]: [problem(409, 'conflict'), { body: { ...theirs, revision: 5 } }],
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }))
  const title = await screen.findByLabelText('Title')
  await userEvent.clear(title)
  await userEvent.type(title, 'My title')
  api.answer({ [`GET ${ITEM}`]: { body: theirs } })
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  const notice = await screen.findByRole('alert')
  expect(notice).toHaveTextContent('Your changes are not saved yet, but kept here')
  expect(notice.querySelector('[data-field=title] del')?.textContent).toBe('Their')
  expect(notice.querySelector('[data-field=title] ins')?.textContent).toBe('My')
  expect(title).toHaveValue('My title')
  await userEvent.click(within(notice).getByRole('button', { name: 'Save my changes' }))
  await waitFor(() => expect(api.callsOf(`PATCH ${ITEM}`)).toHaveLength(2))
  expect(api.callsOf(`PATCH ${ITEM}`)[1]?.body).toEqual({ title: 'My title', if_revision: 4 })
})

test('a refused value shows an error at its field, and the text stays', async () => {
  const errors = [{ path: 'body.slug', code: 'too_big', message: 'too long' }]
  open(sampleItem(), { [`PATCH ${ITEM}`]: problem(400, 'validation_error', 'Not valid.', { errors }) })
  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }))
  await userEvent.type(await screen.findByLabelText('Slug'), '-x')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(screen.getByLabelText('Slug')).toHaveAccessibleDescription('too long'))
  expect(screen.getByLabelText('Slug')).toHaveValue('opening-hours-x')
})

test('moving to the trash asks first, explains the effect in WordPress, and returns to the list', async () => {
  const api = open(sampleItem(), {
    [`DELETE ${ITEM}`]: { status: 204 },
    'GET /api/v1/sites/site_1/content': { body: { results: [], next: null } },
  })
  expect(screen.queryByRole('button', { name: 'Delete permanently' })).not.toBeInTheDocument()
  await userEvent.click(await screen.findByRole('button', { name: 'Move to trash' }))
  const dialog = await screen.findByRole('dialog', { name: 'Move this item to the trash?' })
  expect(dialog).toHaveTextContent('is moved to the trash, here and in WordPress')
  expect(api.callsOf(`DELETE ${ITEM}`)).toHaveLength(0)
  await userEvent.click(within(dialog).getByRole('button', { name: 'Move to trash' }))
  await waitFor(() => expect(window.location.pathname).toBe('/sites/site_1/items'))
  expect(api.callsOf(`DELETE ${ITEM}`).map(({ query }) => query.toString())).toEqual([''])
})

const trashed = { status: 'trash', wordpress: sampleVersion({ status: 'trash' }) }

test('an item in the trash can be restored, or deleted for good in a second step', async () => {
  const answers = {
    [`DELETE ${ITEM}`]: { status: 204 },
    [`POST ${ITEM}/restore`]: { body: sampleItem({ status: 'draft' }) },
  }
  const api = open(sampleItem(trashed), answers, 'admin')
  expect(await screen.findByTestId('trash-notice')).toHaveTextContent('In the trash')
  expect(screen.queryByRole('button', { name: /^(Edit|Move to trash)$/ })).not.toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Delete permanently' }))
  const dialog = await screen.findByRole('dialog', { name: 'Delete this item permanently?' })
  expect(dialog).toHaveTextContent('WordPress can’t bring it back')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Delete permanently' }))
  await waitFor(() => expect(api.callsOf(`DELETE ${ITEM}`)).toHaveLength(1))
  expect(api.callsOf(`DELETE ${ITEM}`)[0]?.query.get('permanently')).toBe('true')
  await userEvent.click(screen.getByRole('button', { name: 'Restore' }))
  await waitFor(() => expect(api.callsOf(`POST ${ITEM}/restore`)).toHaveLength(1))
})

test('an item that WordPress has not moved to its trash yet can’t be deleted for good', async () => {
  open(sampleItem({ status: 'trash' }), {}, 'admin')
  expect(await screen.findByRole('button', { name: 'Delete permanently' })).toBeDisabled()
  expect(screen.getByTestId('trash-notice')).toHaveTextContent('with the next sync')
})

test('an editor may restore an item from the trash, and learns who may delete it for good', async () => {
  open(sampleItem(trashed))
  expect(await screen.findByRole('button', { name: 'Restore' })).toBeEnabled()
  expect(screen.queryByRole('button', { name: 'Delete permanently' })).not.toBeInTheDocument()
  expect(screen.getByTestId('trash-notice')).toHaveTextContent('Admins of the account can delete it permanently.')
})

test('a password-protected item says so', async () => {
  open(sampleItem({ protected: true }))
  expect((await screen.findAllByText('Password protected')).length).toBeGreaterThan(0)
})

test('a missing item shows "Item not found" with a link to the list', async () => {
  open(sampleItem(), { [`GET ${ITEM}`]: problem(404, 'item_not_found') })
  expect(await screen.findByText('Item not found')).toBeVisible()
  expect(screen.getByRole('link', { name: 'All items' })).toHaveAttribute('href', '/sites/site_1/items')
})

test('an item that is deleted on both sides can only be restored', async () => {
  open(sampleItem({ state: 'deleted', deleted: true, wordpress: null, external_url: null }))
  expect(await screen.findByText('Deleted on both sides')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Restore' })).toBeEnabled()
  expect(screen.queryByRole('button', { name: /^(Edit|Move to trash|Delete.*|Sync now)$/ })).not.toBeInTheDocument()
})

test('T46: markup in title, body, terms, meta and errors is text wherever it is shown', async () => {
  const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
  const wordpress = sampleVersion({ title: `WP ${evil}`, body: `<p>WP ${evil}</p>`, terms: { '<b>t</b>': [evil] } })
  open(
    sampleConflict({
      title: evil,
      body: evil,
      excerpt: evil,
      slug: evil,
      status: evil,
      terms: { category: [evil] },
      meta: { [evil]: { nested: evil } },
      featured_image: { url: `javascript:${evil}`, alt: evil },
      error: { ...FAULT, detail: evil, fix: evil, code: evil },
      wordpress,
      conflict: {
        fields: ['title', 'body', `meta.${evil}`],
        since: FAULT.since,
        wordpress,
        base: null,
        stale_save: null,
      },
    }),
  )
  expect(await screen.findByRole('heading', { level: 1, name: evil })).toBeVisible()
  await changeOf('body')
  // the editor puts an image of its own, without an address, beside what can't be edited
  const markup = 'main img:not(.ProseMirror-separator), main script, main b, main a[href^="javascript"]'
  expect(document.querySelector(markup)).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Edit' }))
  expect(await screen.findByLabelText('Title')).toHaveValue(evil)
  expect(document.querySelector(markup)).toBeNull()
  expect(window).not.toHaveProperty('hacked')
})
