import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test } from 'vitest'
import type { ContentTypes, ContentTypesUpdate } from '../../src/api/types.ts'
import { connectedSite, INTEGRATION, sampleContentTypes } from '../support/content-type-samples.ts'
import { type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { FakeSocket, fakeSockets } from '../support/fake-socket.ts'
import { renderAt } from '../support/render.tsx'

const PATCH = `PATCH ${INTEGRATION}/content-types`
const unknown = problem(400, 'unknown_content_type', 'The site has no such type.')

let api: FakeApi
/** State of the fake API; PATCH merges into it, as in the real API. */
let stored: ContentTypes
/** Gates that let the API answer one change after the other. */
let gates: (() => void)[]

const merge = (patch: ContentTypesUpdate): ContentTypes => {
  const next = structuredClone(stored)
  for (const [slug, change] of Object.entries(patch.post_types ?? {}))
    Object.assign(next.post_types[slug] ?? {}, change)
  return next
}
const save = ({ body }: { body: unknown }) => {
  stored = merge(body as ContentTypesUpdate)
  return { body: stored }
}

/** Makes each change wait for its gate. */
function holdAnswers() {
  const answering = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    if (input instanceof Request && input.method === 'PATCH') await new Promise<void>((open) => gates.push(open))
    return answering(input, init)
  }
}
const answerNext = async () => {
  await waitFor(() => expect(gates.length).toBeGreaterThan(0))
  gates.shift()?.()
}

beforeEach(async () => {
  fakeSockets()
  stored = sampleContentTypes()
  gates = []
  api = fakeApi({ ...connectedSite(stored), [PATCH]: save })
})

const openTab = async () => {
  renderAt('/sites/site_1/content-types')
  await screen.findByRole('switch', { name: 'Sync Posts' })
}
const posts = () => screen.getByRole('switch', { name: 'Sync Posts' })
const pages = () => screen.getByRole('switch', { name: 'Sync Pages' })
const limit = () => screen.getByRole('textbox', { name: 'Limit of Posts' })
const rowOf = (label: string) => within(screen.getByRole('row', { name: new RegExp(`^${label}`) }))

test('a switch changes at once and is saved', async () => {
  holdAnswers()
  await openTab()
  await userEvent.click(posts())
  expect(posts()).not.toBeChecked()
  expect(rowOf('Posts').getByText('Disabled')).toBeVisible()
  expect(await rowOf('Posts').findByLabelText('Saving…')).toBeInTheDocument()
  await answerNext()
  await waitFor(() => expect(rowOf('Posts').queryByLabelText('Saving…')).not.toBeInTheDocument())
  expect(posts()).not.toBeChecked()
  expect(api.callsOf(PATCH).map(({ body }) => body)).toEqual([{ post_types: { post: { enabled: false } } }])
})

test('a refused change is reset, with the reason at the row and as a notification', async () => {
  api.answer({ [PATCH]: unknown })
  await openTab()
  await userEvent.click(posts())
  await waitFor(() => expect(posts()).toBeChecked())
  expect(await rowOf('Posts').findByText('The site has no such type.')).toBeVisible()
  expect(await screen.findByText('Posts: not saved')).toBeVisible()
  expect(posts()).toHaveAccessibleDescription('Not saved: The site has no such type. Do it right.')
  api.answer({ [PATCH]: save })
  await userEvent.click(posts())
  await waitFor(() => expect(rowOf('Posts').queryByText(/Not saved/)).not.toBeInTheDocument())
  expect(posts()).not.toBeChecked()
})

test('a refused change does not undo other pending changes', async () => {
  holdAnswers()
  api.answer({ [PATCH]: [unknown, save, save] })
  await openTab()
  await userEvent.click(posts())
  await userEvent.click(pages())
  await userEvent.clear(limit())
  await userEvent.type(limit(), '250{Enter}')
  expect([posts(), pages()].map((one) => (one as HTMLInputElement).checked)).toEqual([false, false])
  await answerNext()
  await waitFor(() => expect(posts()).toBeChecked())
  expect(pages()).not.toBeChecked()
  expect(limit()).toHaveValue('250')
  await answerNext()
  await answerNext()
  await waitFor(() => expect(api.callsOf(PATCH)).toHaveLength(3))
  await waitFor(() => expect(screen.queryByLabelText('Saving…')).not.toBeInTheDocument())
  expect(posts()).toBeChecked()
  expect(pages()).not.toBeChecked()
  expect(limit()).toHaveValue('250')
  expect(stored.post_types['post']).toMatchObject({ enabled: true, fetch_limit: 250 })
})

test('quick changes of one switch are sent in their order, and the last one stays', async () => {
  holdAnswers()
  await openTab()
  for (let clicks = 0; clicks < 3; clicks += 1) await userEvent.click(posts())
  for (let answers = 0; answers < 3; answers += 1) {
    expect(posts()).not.toBeChecked()
    await answerNext()
  }
  await waitFor(() => expect(api.callsOf(PATCH)).toHaveLength(3))
  expect(api.callsOf(PATCH).map(({ body }) => body)).toEqual(
    [false, true, false].map((enabled) => ({ post_types: { post: { enabled } } })),
  )
  expect(posts()).not.toBeChecked()
})

test('a live message that is older than a change doesn’t set it back', async () => {
  holdAnswers()
  await openTab()
  FakeSocket.last.accept()
  const before = structuredClone(stored)
  await userEvent.click(posts())
  FakeSocket.last.tell({ type: 'content_types', content_types: before })
  expect(posts()).not.toBeChecked()
  await answerNext()
  await waitFor(() => expect(screen.queryByLabelText('Saving…')).not.toBeInTheDocument())
  FakeSocket.last.tell({ type: 'content_types', content_types: before })
  expect(posts()).not.toBeChecked()
  FakeSocket.last.tell({ type: 'content_types', content_types: stored })
  expect(posts()).not.toBeChecked()
})

test('another editor’s change appears after one’s own change is saved', async () => {
  await openTab()
  FakeSocket.last.accept()
  await userEvent.click(posts())
  await waitFor(() => expect(stored.post_types['post']?.enabled).toBe(false))
  FakeSocket.last.tell({ type: 'content_types', content_types: sampleContentTypes() })
  await waitFor(() => expect(posts()).toBeChecked())
})

test('a change without an answer is read again, since it may have been saved', async () => {
  await openTab()
  const answering = globalThis.fetch
  const asked = api.callsOf(`GET ${INTEGRATION}/content-types`).length
  globalThis.fetch = async (input, init) => {
    if (input instanceof Request && input.method === 'PATCH') throw new TypeError('Failed to fetch')
    return answering(input, init)
  }
  await userEvent.click(posts())
  await waitFor(() => expect(posts()).toBeChecked())
  expect(await rowOf('Posts').findByText(/^Not saved/)).toBeVisible()
  await waitFor(() => expect(api.callsOf(`GET ${INTEGRATION}/content-types`).length).toBeGreaterThan(asked))
})

test('a limit is saved by Enter or by leaving the field, and only when it has changed', async () => {
  await openTab()
  await userEvent.clear(limit())
  await userEvent.type(limit(), '500{Enter}')
  await waitFor(() => expect(api.callsOf(PATCH)).toHaveLength(1))
  await userEvent.clear(limit())
  await userEvent.type(limit(), '1000000')
  await userEvent.tab()
  await waitFor(() => expect(api.callsOf(PATCH)).toHaveLength(2))
  await userEvent.click(limit())
  await userEvent.tab()
  expect(api.callsOf(PATCH).map(({ body }) => body)).toEqual(
    [500, 1_000_000].map((fetch_limit) => ({ post_types: { post: { fetch_limit } } })),
  )
})

test.each(['0', '1000001', '1.5', '-3', '1e3', 'many', '', '0x10'])(
  'the limit %j is refused at the field, and Escape brings the old one back',
  async (text) => {
    await openTab()
    await userEvent.clear(limit())
    if (text) await userEvent.type(limit(), text)
    await userEvent.tab()
    expect(limit()).toBeInvalid()
    expect(limit()).toHaveAccessibleDescription('A whole number from 1 to 1,000,000')
    expect(limit()).toHaveValue(text)
    await userEvent.type(limit(), '{Escape}')
    expect(limit()).toHaveValue('100')
    expect(limit()).toBeValid()
    await userEvent.tab()
    expect(api.callsOf(PATCH)).toEqual([])
  },
)

test('a limit that the API refuses is reset', async () => {
  api.answer({ [PATCH]: unknown })
  await openTab()
  await userEvent.clear(limit())
  await userEvent.type(limit(), '7{Enter}')
  await waitFor(() => expect(limit()).toHaveAccessibleDescription('Not saved: The site has no such type. Do it right.'))
  expect(limit()).toHaveValue('100')
})
