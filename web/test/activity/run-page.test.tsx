import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { RunDetail } from '../../src/api/types.ts'
import { type Answers, type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { sampleEvent, sampleRun, sampleRunDetail } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

const INTEGRATION = '/api/v1/integration/integrations'
const RUN = `${INTEGRATION}/int_1/runs/run_1`
const EVENTS = `GET ${INTEGRATION}/int_1/events`

const open = (run: RunDetail, answers: Answers = {}): FakeApi => {
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession('editor') },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    [`GET ${INTEGRATION}`]: { body: { results: [sampleIntegration()], next: null } },
    [`GET ${RUN}`]: { body: run },
    [EVENTS]: { body: { results: [sampleEvent({ run_id: 'run_1' })], next: null } },
    ...answers,
  })
  renderAt('/sites/site_1/activity/runs/run_1')
  return api
}

test('a run shows its steps, their cost and their errors', async () => {
  const api = open(sampleRunDetail())
  expect(await screen.findByRole('heading', { level: 1, name: 'Run: Both ways' })).toBeVisible()
  const rows = within(screen.getByRole('table')).getAllByRole('row')
  expect(rows[1]).toHaveTextContent(/^Reading items: post.*12212\.1 kB660 ms$/)
  await screen.findByText('The site is busy or under maintenance')
  expect(screen.getByTestId('step-error')).toHaveTextContent('The site is busy or under maintenance')
  expect(screen.getByTestId('step-error')).toHaveTextContent('HTTP 503. Nothing to do: we try again automatically.')
  expect(rows.at(-1)).toHaveTextContent(/^Total312\.9 kB750 ms$/)
  expect(screen.getByText('3 created, 1 updated, 8 unchanged')).toBeVisible()
  expect(await screen.findByRole('list', { name: 'Events' })).toHaveTextContent('Synced')
  expect(api.callsOf(EVENTS)[0]?.query.get('run_id')).toBe('run_1')
  expect(screen.queryByRole('button', { name: 'Cancel run' })).not.toBeInTheDocument()
})

test('an open run shows its progress, follows live messages and can be cancelled', async () => {
  const progress = { done: 30, total: 120, by_type: { post: { done: 30, total: 120 } } }
  const running = sampleRunDetail({ status: 'running', finished_at: null, progress })
  const api = open(running, { [`POST ${RUN}/cancel`]: { body: sampleRun({ status: 'cancelled' }) } })
  expect(await screen.findByRole('progressbar', { name: 'post' })).toHaveAttribute('aria-valuenow', '25')
  expect(screen.getByText('30 of 120')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Cancel run' }))
  const dialog = await screen.findByRole('dialog', { name: 'Cancel this run?' })
  api.answer({ [`GET ${RUN}`]: { body: sampleRunDetail({ status: 'cancelled' }) } })
  await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel run' }))
  await waitFor(() => expect(screen.queryByRole('progressbar')).not.toBeInTheDocument())
  expect(api.callsOf(`POST ${RUN}/cancel`)).toHaveLength(1)
  expect(await screen.findByText('Cancelled')).toBeVisible()
})

test('an open run is refetched automatically', async () => {
  const api = open(
    sampleRunDetail({
      status: 'queued',
      started_at: null,
      finished_at: null,
      steps: [],
      progress: { done: 0, total: 0, by_type: {} },
      waiting: { for: 'turn', since: '2026-11-21T10:00:00.000Z', next_at: null, detail: 'Another run is working.' },
    }),
  )
  expect(await screen.findByText('Waiting for its turn')).toBeVisible()
  expect(screen.getByText('No steps yet.')).toBeVisible()
  api.answer({ [`GET ${RUN}`]: { body: sampleRunDetail() } })
  expect(await screen.findByText('Succeeded')).toBeVisible()
  expect(screen.queryByText('Waiting for its turn')).not.toBeInTheDocument()
})

test('a failed run shows why and what to do, and whether it is retried', async () => {
  const error = { code: 'unreachable', detail: 'No route to host.', fix: 'Check the firewall.' }
  open(sampleRunDetail({ status: 'queued', finished_at: null, error }))
  const trouble = await screen.findByTestId('run-trouble')
  await within(trouble).findByText('The site could not be reached')
  expect(trouble).toHaveTextContent('No route to host.')
  expect(trouble).toHaveTextContent('Check the firewall.')
  expect(trouble).toHaveTextContent('It is retried automatically.')
})

test('a deleted run shows "Run not found" with a link to the activity', async () => {
  open(sampleRunDetail(), { [`GET ${RUN}`]: problem(404, 'run_not_found') })
  expect(await screen.findByText('Run not found')).toBeVisible()
  expect(screen.getByRole('link', { name: 'All activity' })).toHaveAttribute('href', '/sites/site_1/activity')
})

test('T46: markup in types and errors of a run stays text', async () => {
  const evil = '<img src=x onerror="alert(1)">'
  const [step] = sampleRunDetail().steps
  open(
    sampleRunDetail({
      status: 'failed',
      error: { code: evil, detail: evil, fix: evil },
      steps: step ? [{ ...step, type: evil, error: { code: evil, detail: evil, fix: evil } }] : [],
    }),
  )
  expect(await screen.findByText(`Reading items: ${evil}`)).toBeVisible()
  expect(document.querySelector('main img')).toBeNull()
})
