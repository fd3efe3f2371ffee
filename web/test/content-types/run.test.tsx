import { act, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Run } from '../../src/api/types.ts'
import { RateMeter, secondsLeft } from '../../src/pages/content-types/run-rates.ts'
import { connectedSite, INTEGRATION, sampleRun, sampleSyncState } from '../support/content-type-samples.ts'
import { type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { FakeSocket, fakeSockets } from '../support/fake-socket.ts'
import { renderAt } from '../support/render.tsx'

const SYNC = `POST ${INTEGRATION}/sync`
const STATUS = `GET ${INTEGRATION}/sync-status`
const CANCEL = `POST ${INTEGRATION}/runs/run_1/cancel`

const at = (posts: number, pages: number): Run['progress'] => ({
  done: posts + pages,
  total: 200,
  by_type: { post: { done: posts, total: 150 }, page: { done: pages, total: 50 } },
})
const counts = (patch: Partial<Run['counts']>): Run['counts'] => ({ ...sampleRun().counts, ...patch })
const ended = (patch: Partial<Run>) => sampleRun({ finished_at: '2026-11-21T10:01:00.000Z', ...patch })

let api: FakeApi
beforeEach(() => {
  fakeSockets()
  api = fakeApi(connectedSite())
})
afterEach(() => vi.useRealTimers())

const openTab = async () => {
  renderAt('/sites/site_1/content-types')
  await screen.findByRole('switch', { name: 'Sync Posts' })
  FakeSocket.last.accept()
}
const FRAME_MS = 20
/** Sends a run and waits until it is shown. */
const tell = async (run: Run) => {
  FakeSocket.last.tell({ type: 'run', run })
  await act(() => new Promise((done) => setTimeout(done, FRAME_MS)))
}
const holds = (run: Run) => api.answer({ [STATUS]: { body: sampleSyncState({ last_run: run }) } })
const panel = () => within(screen.getByRole('region', { name: 'Sync' }))
const said = () => screen.getAllByRole('status').map(({ textContent }) => textContent)

test('[Sync now] syncs in both directions', async () => {
  const queued = sampleRun({ status: 'queued', started_at: null })
  api.answer({
    [SYNC]: { status: 202, body: queued },
    [STATUS]: () => ({ body: sampleSyncState({ current_run: api.callsOf(SYNC).length > 0 ? queued : null }) }),
  })
  await openTab()
  expect(screen.queryByRole('region', { name: 'Sync' })).not.toBeInTheDocument()
  await userEvent.click(screen.getByRole('button', { name: 'Sync now' }))
  expect(await screen.findByText('Sync is waiting to start')).toBeVisible()
  expect(api.callsOf(SYNC).map(({ body }) => body)).toEqual([{ direction: 'both' }])
  expect(screen.getByRole('button', { name: 'Syncing…' })).toBeDisabled()
})

test('the menu next to it offers other directions with an explanation', async () => {
  api.answer({ [SYNC]: { status: 202, body: sampleRun({ status: 'queued' }) } })
  await openTab()
  await userEvent.click(screen.getByRole('button', { name: 'Choose what to sync' }))
  const items = await screen.findAllByRole('menuitem')
  expect(items.map(({ textContent }) => textContent)).toEqual([
    expect.stringContaining('Both ways'),
    expect.stringContaining('From WordPress'),
    expect.stringContaining('To WordPress'),
    expect.stringContaining('Structure and metadata'),
  ])
  await userEvent.click(screen.getByRole('menuitem', { name: /From WordPress/ }))
  await waitFor(() => expect(api.callsOf(SYNC).map(({ body }) => body)).toEqual([{ direction: 'from_external' }]))
})

test('a refused sync shows why', async () => {
  api.answer({ [SYNC]: problem(409, 'sync_disabled', 'Sync is off.') })
  await openTab()
  await userEvent.click(screen.getByRole('button', { name: 'Sync now' }))
  expect(await screen.findByText('The sync did not start')).toBeVisible()
  expect(screen.getByText(/Sync is off\./)).toBeVisible()
})

test('a current run shows a bar per type with progress, rate and time left', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  await openTab()
  await tell(sampleRun({ progress: at(0, 0), started_at: new Date().toISOString() }))
  await act(() => vi.advanceTimersByTimeAsync(4_000))
  await tell(sampleRun({ progress: at(80, 20), counts: counts({ created: 90, failed: 1 }) }))
  await act(() => vi.advanceTimersByTimeAsync(1_000))
  expect(panel().getByRole('progressbar', { name: 'Progress: All types' })).toHaveAttribute('aria-valuenow', '50')
  expect(panel().getByRole('progressbar', { name: 'Progress: Posts' })).toHaveAttribute('aria-valuetext', '53%')
  const line = (label: string) => document.querySelector(`[data-progress="${label}"]`)?.textContent
  expect(line('All types')).toMatch(/100 of 200 · 50% · (1\d|2\d) per second · about \d+ seconds left/)
  expect(line('Pages')).toMatch(/20 of 50 · 40% · \d+ per second · about \d+ seconds left/)
  expect(panel().getByText('90 created')).toBeVisible()
  expect(panel().getByText('1 failed')).toBeVisible()
})

test('a page opened during a run shows it', async () => {
  api.answer({ [STATUS]: { body: sampleSyncState({ current_run: sampleRun({ progress: at(30, 10) }) }) } })
  renderAt('/sites/site_1/content-types')
  expect(await screen.findByText('Sync is running')).toBeVisible()
  expect(panel().getByRole('progressbar', { name: 'Progress: All types' })).toHaveAttribute('aria-valuenow', '20')
})

const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString()
const waiting = (why: Partial<NonNullable<Run['waiting']>> = {}) =>
  sampleRun({
    status: 'queued',
    progress: at(30, 10),
    waiting: { for: 'poll', since: minutes(-3), next_at: minutes(1), detail: 'x', ...why },
  })

test.each([
  ['poll', 'Waiting for the site', /IGNY8 can’t call the site, .* Its next call is expected in (1 minute|\d+ seconds)/],
  ['retry', 'Waiting to retry', /the last attempt failed\. It goes on in (1 minute|\d+ seconds)/],
  ['rate_limit', 'Waiting for the site', /the site asked IGNY8 to call later\. It goes on in/],
  ['turn', 'Waiting for its turn', /for another run of this site\. It goes on in/],
] as const)(
  'T60 a run that waits (%s) says so, since when, for what and what comes next',
  async (why, title, words) => {
    api.answer({ [STATUS]: { body: sampleSyncState({ current_run: waiting({ for: why }) }) } })
    renderAt('/sites/site_1/content-types')
    const region = await screen.findByRole('region', { name: 'Sync' })
    expect(within(region).getByText(title)).toBeVisible()
    expect(region).toHaveTextContent(/Waiting since \d+:\d+/)
    expect(region).toHaveTextContent(words)
    expect(region).not.toHaveTextContent(/running|per second|left/)
    expect(screen.getByRole('button', { name: 'Sync waits…' })).toBeDisabled()
  },
)

test('T60 a poll that is overdue is called so', async () => {
  api.answer({ [STATUS]: { body: sampleSyncState({ current_run: waiting({ next_at: minutes(-2) }) }) } })
  renderAt('/sites/site_1/content-types')
  expect(await screen.findByRole('region', { name: 'Sync' })).toHaveTextContent(/Its call was expected 2 minutes ago/)
})

test('T60 a run goes from work to waiting and back as live messages say, and never says running meanwhile', async () => {
  await openTab()
  await tell(sampleRun({ progress: at(30, 10) }))
  expect(panel().getByText('Sync is running')).toBeVisible()
  await tell(waiting())
  expect(panel().getByText('Waiting for the site')).toBeVisible()
  expect(panel().queryByText('Sync is running')).not.toBeInTheDocument()
  await tell(sampleRun({ progress: at(40, 10) }))
  expect(panel().getByText('Sync is running')).toBeVisible()
})

test('screen readers hear the start, each quarter and the end, and nothing in between', async () => {
  await openTab()
  const heard: (string | null)[] = []
  for (const [posts, pages] of [
    [0, 0],
    [10, 0],
    [50, 0],
    [70, 0],
    [90, 20],
    [150, 49],
  ] as const) {
    await tell(sampleRun({ progress: at(posts, pages) }))
    const now = said().find((text) => text?.startsWith('Sync')) ?? null
    if (heard.at(-1) !== now) heard.push(now)
  }
  const run = ended({ status: 'succeeded', progress: at(150, 50) })
  holds(run)
  await tell(run)
  await waitFor(() => expect(said()).toContain('Sync finished'))
  expect(heard).toEqual(['Sync has started.', 'Sync: 25 percent.', 'Sync: 50 percent.', 'Sync: 75 percent.'])
})

test('a cancelled run keeps its results', async () => {
  const cancelled = ended({ status: 'cancelled', counts: counts({ created: 7 }) })
  api.answer({ [CANCEL]: [problem(404, 'run_not_found', 'No such run.'), { body: cancelled }] })
  await openTab()
  await tell(sampleRun({ progress: at(7, 0) }))
  await userEvent.click(panel().getByRole('button', { name: 'Cancel sync' }))
  expect(await screen.findByText('The sync could not be cancelled')).toBeVisible()
  api.answer({ [STATUS]: { body: sampleSyncState({ last_run: cancelled }) } })
  await userEvent.click(panel().getByRole('button', { name: 'Cancel sync' }))
  expect(await panel().findByText('Sync cancelled')).toBeVisible()
  expect(panel().getByText('7 created')).toBeVisible()
})

test('a finished run shows its result with links until dismissed', async () => {
  await openTab()
  await tell(sampleRun({ progress: at(10, 0) }))
  const run = ended({ status: 'succeeded', counts: counts({ created: 10, failed: 2, conflicts: 1 }) })
  holds(run)
  await tell(run)
  expect(await panel().findByText('Sync finished with failures')).toBeVisible()
  const link = (name: string) => panel().getByRole('link', { name })
  expect(link('See the run')).toHaveAttribute('href', '/sites/site_1/activity/runs/run_1')
  expect(link('See 2 failed items')).toHaveAttribute('href', '/sites/site_1/items?state=failed')
  expect(link('Resolve the conflict')).toHaveAttribute('href', '/sites/site_1/items?state=conflict')
  await userEvent.click(panel().getByRole('button', { name: 'Dismiss' }))
  await waitFor(() => expect(document.querySelector('[data-open="true"]')).toBeNull())
  await tell(run)
  expect(document.querySelector('[data-open="true"]')).toBeNull()
})

test('a failed run shows why and what to do', async () => {
  await openTab()
  await tell(sampleRun())
  const error = { code: 'some_code', detail: 'The site did not answer.', fix: 'Wake it up.' }
  const run = ended({ status: 'failed', error })
  holds(run)
  await tell(run)
  expect(await panel().findByText('Sync failed')).toBeVisible()
  expect(panel().getByText(/The site did not answer\./)).toBeVisible()
  expect(panel().getByText(/Wake it up\./)).toBeVisible()
})

test('a run that ended before the page was opened is not shown', async () => {
  api.answer({ [STATUS]: { body: sampleSyncState({ last_run: ended({ status: 'failed' }) }) } })
  await openTab()
  await screen.findByText(/^Failed,/)
  expect(screen.queryByRole('region', { name: 'Sync' })).not.toBeInTheDocument()
})

test('the rate covers ten seconds, drops when nothing moves, and resets with each run', () => {
  const meter = new RateMeter()
  const started_at = new Date(0).toISOString()
  const run = (posts: number, id = 'run_1') => sampleRun({ id, started_at, progress: at(posts, 0) })
  expect(meter.rates(run(20), 10_000).overall).toBe(2)
  meter.add(run(20), 10_000)
  meter.add(run(70), 15_000)
  expect(meter.rates(run(70), 15_000)).toEqual({ overall: 10, byType: { post: 10, page: 0 } })
  expect(meter.rates(run(70), 20_000).overall).toBe(5)
  meter.add(run(90), 40_000)
  expect(meter.rates(run(90), 40_000).overall).toBeLessThan(1)
  meter.add(run(5, 'run_2'), 41_000)
  expect(meter.rates(run(5, 'run_2'), 43_000).overall).toBe(0)
})

test('the time left is null if it is unknown', () => {
  expect(secondsLeft(100, 10)).toBe(10)
  for (const rate of [0, null, undefined]) expect(secondsLeft(100, rate)).toBeNull()
  expect(secondsLeft(0, 10)).toBeNull()
})
