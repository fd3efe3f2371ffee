import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeAll, expect, test } from 'vitest'
import type { Item, PastVersion, VersionEntry } from '../../src/api/types.ts'
import { sampleContentTypes } from '../support/content-type-samples.ts'
import { type Answers, type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { sampleItem, sampleVersion } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

beforeAll(() => import('../../src/pages/items/history/item-history.tsx'), 60_000)

const ITEM = '/api/v1/sites/site_1/content/item_1'
const VERSIONS = `${ITEM}/versions`
const INTEGRATION = '/api/v1/integration/integrations'

const entry = (id: string, patch: Partial<VersionEntry> = {}): VersionEntry => ({
  id,
  side: 'igny8',
  at: '2026-11-21T10:00:00.000Z',
  until: null,
  action: 'edit',
  actor: { kind: 'user', id: 'usr_1', name: 'Ada' },
  wordpress_user: null,
  source: null,
  fields: ['title'],
  deleted: false,
  revision: 3,
  ...patch,
})
const read = { action: 'read', actor: null } as const

const ENTRIES = [
  entry('current'),
  entry('ver_4', { ...read, side: 'wordpress', wordpress_user: 'Grace', fields: ['body'], revision: null }),
  entry('ver_3', { ...read, wordpress_user: 'Grace', fields: ['title', 'status', 'slug', 'excerpt', 'meta.price'] }),
  entry('ver_2', { ...read, fields: [], at: null }),
]

const whole = (id: string, content: Parameters<typeof sampleVersion>[0], patch: Partial<VersionEntry> = {}) => ({
  body: { ...entry(id, patch), content: sampleVersion(content) } satisfies PastVersion,
})

interface Options {
  item?: Item
  role?: 'viewer' | 'editor'
}

function open(answers: Answers = {}, { item = sampleItem({ title: 'Now' }), role = 'editor' }: Options = {}): FakeApi {
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession(role) },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    [`GET ${INTEGRATION}`]: { body: { results: [sampleIntegration()], next: null } },
    [`GET ${INTEGRATION}/int_1/content-types`]: { body: sampleContentTypes() },
    [`GET ${ITEM}`]: { body: item },
    [`GET ${VERSIONS}`]: { body: { results: ENTRIES, next: null } },
    [`GET ${VERSIONS}/current`]: whole('current', { title: 'Now' }),
    [`GET ${VERSIONS}/ver_3`]: whole('ver_3', { title: 'Then', status: 'draft' }),
    ...answers,
  })
  renderAt('/sites/site_1/items/item_1')
  return api
}

const show = async () => userEvent.click(await screen.findByRole('button', { name: 'Show history' }))
const list = () => screen.findByRole('list', { name: 'Versions' })
const row = async (name: RegExp) => within(await list()).getByRole('button', { name })

test('the history is read once somebody opens it, and names who made each version, when, and what it changed', async () => {
  const api = open()
  await screen.findByRole('button', { name: 'Show history' })
  expect(api.callsOf(`GET ${VERSIONS}`)).toHaveLength(0)
  await show()
  const rows = within(await list()).getAllByRole('listitem')
  expect(rows.map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^Ada changed itChanged: TitleNow/),
    expect.stringMatching(/^Grace changed it in WordPressChanged: BodyOnly in WordPress/),
    expect.stringMatching(/^Grace changed it in WordPressChanged: Title, Status, Slug, Excerpt and 1 more/),
    'As it was first read from WordPressTime not known',
  ])
  // ten in UTC is eleven in Berlin
  expect(within(rows[0] as HTMLElement).getByText(/11:00/)).toHaveAttribute('datetime', '2026-11-21T10:00:00.000Z')
  expect(await screen.findByText(/Times: Europe\/Berlin/)).toBeVisible()
  expect(screen.getByText('Nothing older is kept.')).toBeVisible()
})

test('a version is compared with what the item is now, or with the version before it', async () => {
  open({ [`GET ${VERSIONS}/ver_2`]: whole('ver_2', { title: 'First', status: 'draft' }) })
  await show()
  await userEvent.click(await row(/and 1 more/))
  const details = (await list()).querySelector<HTMLElement>('[data-version="ver_3"]')
  if (!details) throw new Error('no version')
  await waitFor(() => expect(details.querySelector('[data-field="title"] ins')).toHaveTextContent('Now'))
  expect(details.querySelector('[data-field="title"] del')).toHaveTextContent('Then')
  await userEvent.selectOptions(within(details).getByLabelText('Compare with'), 'The version before')
  await waitFor(() => expect(details.querySelector('[data-field="title"] del')).toHaveTextContent('First'))
  expect(details.querySelector('[data-field="title"] ins')).toHaveTextContent('Then')
  expect(details.querySelector('[data-field="status"]')).toBeNull()
})

test('a restore says what will change, and leaves whether visitors see the post to the person', async () => {
  const restored = sampleItem({ title: 'Then', revision: 4 })
  const api = open({ [`POST ${VERSIONS}/ver_3/restore`]: { body: restored } })
  await show()
  await userEvent.click(await row(/and 1 more/))
  await userEvent.click(await screen.findByRole('button', { name: 'Restore this version' }))
  const dialog = await screen.findByRole('dialog', { name: 'Restore this version?' })
  expect(within(dialog).getByRole('checkbox', { name: 'Title' })).toBeChecked()
  expect(within(dialog).getByRole('checkbox', { name: 'Status' })).not.toBeChecked()
  await userEvent.click(within(dialog).getByRole('checkbox', { name: 'Title' }))
  expect(within(dialog).getByRole('button', { name: 'Restore' })).toBeDisabled()
  await userEvent.click(within(dialog).getByRole('checkbox', { name: 'Title' }))
  await userEvent.click(within(dialog).getByRole('button', { name: 'Restore' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
  expect(api.callsOf(`POST ${VERSIONS}/ver_3/restore`)[0]?.body).toEqual({ if_revision: 3, fields: ['title'] })
  expect(await screen.findByRole('heading', { level: 1, name: 'Then' })).toBeVisible()
})

test('a restore of an item that somebody has changed meanwhile says so, and overwrites nothing', async () => {
  const api = open({ [`POST ${VERSIONS}/ver_3/restore`]: problem(409, 'conflict') })
  await show()
  await userEvent.click(await row(/and 1 more/))
  await userEvent.click(await screen.findByRole('button', { name: 'Restore this version' }))
  api.answer({ [`GET ${ITEM}`]: { body: sampleItem({ title: 'Newer', revision: 4 }) } })
  await userEvent.click(await screen.findByRole('button', { name: 'Restore' }))
  expect(await screen.findByText(/Somebody has changed the item meanwhile/)).toBeVisible()
})

test('a version that is gone says so, and the list is read again', async () => {
  const api = open({ [`GET ${VERSIONS}/ver_3`]: problem(404, 'version_not_kept') })
  await show()
  await userEvent.click(await row(/and 1 more/))
  expect(await screen.findByText('This version is not kept any more.')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Show the versions that are kept' }))
  await waitFor(() => expect(api.callsOf(`GET ${VERSIONS}`)).toHaveLength(2))
})

test('an item that was never changed has its one version, and a failure can be tried again', async () => {
  const api = open({ [`GET ${VERSIONS}`]: problem(400, 'invalid_cursor') })
  await show()
  const again = await screen.findByRole('button', { name: /again/i })
  api.answer({
    [`GET ${VERSIONS}`]: { body: { results: [entry('current', { action: null, fields: [] })], next: null } },
  })
  await userEvent.click(again)
  expect(await screen.findByText(/This is the only version that is kept/)).toBeVisible()
  expect(await row(/Not known who made it/)).toBeVisible()
})

test('a long history is read page by page', async () => {
  const page = (n: number) => Array.from({ length: 20 }, (_, index) => entry(`ver_${n}${index}`))
  const api = open({
    [`GET ${VERSIONS}`]: [{ body: { results: page(1), next: 'v_1_k' } }, { body: { results: page(2), next: null } }],
  })
  await show()
  await list()
  await userEvent.click(screen.getByRole('button', { name: /more/i }))
  await waitFor(async () => expect(within(await list()).getAllByRole('listitem')).toHaveLength(40))
  expect(api.callsOf(`GET ${VERSIONS}`)[1]?.query.get('cursor')).toBe('v_1_k')
})

test('a viewer compares versions, and can’t restore one', async () => {
  open({ [`GET ${INTEGRATION}`]: problem(403, 'role_too_low') }, { role: 'viewer' })
  await show()
  await userEvent.click(await row(/and 1 more/))
  await screen.findByLabelText('Compare with')
  expect(screen.queryByRole('button', { name: 'Restore this version' })).not.toBeInTheDocument()
})

test('rows are opened and closed by keyboard', async () => {
  open()
  await show()
  const first = await row(/and 1 more/)
  first.focus()
  await userEvent.keyboard('{Enter}')
  expect(first).toHaveAttribute('aria-expanded', 'true')
  await userEvent.keyboard(' ')
  expect(first).toHaveAttribute('aria-expanded', 'false')
})
