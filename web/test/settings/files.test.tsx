import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { partsOf } from '../../src/api/import.ts'
import type { SiteImport } from '../../src/api/types.ts'
import { problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { siteApp } from '../support/site-app.ts'

const EXPORT = 'POST /api/v1/sites/site_1/export'
const IMPORT = '/api/v1/sites/site_1/import'
const APPLY = `POST ${IMPORT}/imp_1/apply`
const PART = `PUT ${IMPORT}/imp_1/parts/1`
const NO_IMPORT = { [`GET ${IMPORT}`]: problem(404, 'import_not_found') }

const sampleImport = (more: Partial<SiteImport> = {}): SiteImport => ({
  id: 'imp_1',
  site_id: 'site_1',
  state: 'receiving',
  replace: false,
  settings: false,
  started_at: '2026-05-01T12:00:00.000Z',
  next_part: 1,
  lines: 4,
  lines_done: 0,
  is_same_site: true,
  counts: { created: 0, replaced: 0, unchanged: 0, linked: 0, refused: {} },
  ...more,
})

const saved = vi.fn((_file: Blob) => 'blob:export')
beforeEach(() => {
  saved.mockClear()
  URL.createObjectURL = saved
  URL.revokeObjectURL = () => undefined
  HTMLAnchorElement.prototype.click = () => undefined
})
afterEach(() => vi.useRealTimers())

const fileOf = (text: string) => new File([text], 'site.ndjson', { type: 'application/x-ndjson' })

async function chooseAndStart(text = '{"kind":"export"}\n', ...boxes: RegExp[]): Promise<void> {
  await userEvent.upload(await screen.findByLabelText('File of an export'), fileOf(text), { applyAccept: false })
  for (const name of boxes) await userEvent.click(screen.getByRole('checkbox', { name }))
  await userEvent.click(screen.getByRole('button', { name: 'Import' }))
}

test('a site is exported as one file of all its parts', async () => {
  const end = '{"kind":"end","complete":true,"failures":0}\n'
  const api = siteApp(
    {},
    {
      ...NO_IMPORT,
      [EXPORT]: [{ text: `{"kind":"export"}\n{"kind":"page","next":"${'c'.repeat(1_900)}"}\n` }, { text: end }],
    },
  )
  renderAt('/sites/site_1/settings')
  await userEvent.click(await screen.findByRole('button', { name: 'Export the site' }))
  expect(await screen.findByText(/^Downloaded: /)).toBeVisible()
  expect(api.callsOf(EXPORT).map(({ query }) => query.get('cursor'))).toEqual([null, 'c'.repeat(1_900)])
  expect(await saved.mock.calls[0]?.[0].text()).toBe(`{"kind":"export"}\n${end}`)
})

test('an import sends the file and the choices, follows it, and says what became of it', async () => {
  const done = sampleImport({
    state: 'done',
    lines_done: 4,
    counts: { created: 2, replaced: 0, unchanged: 1, linked: 2, refused: { differs: 1, is_record: 3 } },
  })
  const refusals = [{ line: 3, kind: 'item', item_id: 'item_1', title: 'About us', code: 'differs' }]
  const api = siteApp(
    {},
    {
      [`GET ${IMPORT}`]: [problem(404, 'import_not_found'), { body: done }],
      [`POST ${IMPORT}`]: { status: 201, body: sampleImport() },
      [PART]: { body: sampleImport({ state: 'whole' }) },
      [APPLY]: { status: 202, body: sampleImport({ state: 'applying', lines_done: 1 }) },
      [`GET ${IMPORT}/refusals`]: { body: { results: refusals, next: null } },
    },
  )
  renderAt('/sites/site_1/settings')
  expect(await screen.findByRole('button', { name: 'Import' })).toBeDisabled()
  await chooseAndStart('{"kind":"export"}\n', /^Replace items that differ/)
  expect(await screen.findByText(/is being carried out/)).toBeVisible()
  const name = 'Imported, but not everything'
  const outcome = within(await screen.findByRole('alert', { name }, { timeout: 4_000 }))
  expect(outcome.getByText('2 items new, 0 replaced, 1 as they were. 2 new ones are linked to a post.')).toBeVisible()
  await userEvent.click(outcome.getByRole('button', { name: 'Show them one by one' }))
  expect(await outcome.findByText('About us')).toBeVisible()
  expect(api.callsOf(`POST ${IMPORT}`)[0]?.body).toEqual({ replace: true, settings: false })
  expect(api.callsOf(PART)[0]?.body).toEqual({ kind: 'export' })
  expect(api.callsOf(APPLY)).toHaveLength(1)
})

test('a file that is refused is not carried out, and the reason names the line', async () => {
  const api = siteApp(
    {},
    {
      [`GET ${IMPORT}`]: [problem(404, 'import_not_found'), { body: sampleImport() }],
      [`POST ${IMPORT}`]: { status: 201, body: sampleImport() },
      [PART]: problem(400, 'file_line_invalid', 'Line 7: not JSON.'),
      [`DELETE ${IMPORT}`]: { status: 204 },
    },
  )
  renderAt('/sites/site_1/settings')
  await chooseAndStart()
  expect(await screen.findByText('Line 7: not JSON.')).toBeVisible()
  expect(await screen.findByText(/was not sent to its end/)).toBeVisible()
  expect(api.callsOf(APPLY)).toHaveLength(0)
  await userEvent.click(screen.getByRole('button', { name: 'Discard it' }))
  await waitFor(() => expect(screen.queryByText(/was not sent to its end/)).not.toBeInTheDocument())
})

test('a part that gets no answer is sent again', async () => {
  const api = siteApp(
    {},
    {
      ...NO_IMPORT,
      [`POST ${IMPORT}`]: { status: 201, body: sampleImport() },
      [PART]: [problem(503, 'unavailable'), { body: sampleImport({ state: 'whole' }) }],
      [APPLY]: { status: 202, body: sampleImport({ state: 'done' }) },
    },
  )
  renderAt('/sites/site_1/settings')
  await chooseAndStart()
  expect(await screen.findByText('Imported', {}, { timeout: 4_000 })).toBeVisible()
  expect(api.callsOf(PART)).toHaveLength(2)
})

test('a file that is there is carried out later', async () => {
  const api = siteApp(
    {},
    {
      [`GET ${IMPORT}`]: { body: sampleImport({ state: 'whole' }) },
      [APPLY]: { status: 202, body: sampleImport({ state: 'done', is_same_site: false, counts: COUNTS_OF_ONE }) },
    },
  )
  renderAt('/sites/site_1/settings')
  await userEvent.click(await screen.findByRole('button', { name: 'Import it' }))
  expect(await screen.findByText(/is of another WordPress/)).toBeVisible()
  expect(api.callsOf(APPLY)).toHaveLength(1)
})
const COUNTS_OF_ONE = { created: 1, replaced: 0, unchanged: 0, linked: 0, refused: {} }

test('an editor sees neither export nor import', async () => {
  siteApp({ role: 'editor' })
  renderAt('/sites/site_1/settings')
  expect(await screen.findByRole('switch', { name: /^Sync content/ })).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: /Export the site|^Import$/ })).not.toBeInTheDocument()
})

test('a file is cut after lines that end a block, whatever its letters are', async () => {
  const block = (text: string) => `{"kind":"item","text":"${text}"}\n{"kind":"check","lines":1,"sum":""}\n`
  const blocks = Array.from({ length: 9 }, (_, n) => block('é\u2603'.repeat(20 + 7 * n)))
  const file = new Blob([...blocks, '{"kind":"end"}\n'])
  const parts: string[] = []
  for await (const part of partsOf(file, 700)) {
    expect(part.size).toBeLessThanOrEqual(1400)
    parts.push(await part.text())
  }
  expect(parts.length).toBeGreaterThan(3)
  expect(parts.join('')).toBe(await file.text())
  for (const part of parts.slice(0, -1)) expect(part).toMatch(/\{"kind":"check",[^\n]*\n$/)
  const other: number[] = []
  for await (const part of partsOf(new Blob(['x'.repeat(5_000)]), 700)) other.push(part.size)
  expect(other).toEqual([1400, 1400, 1400, 800])
})
