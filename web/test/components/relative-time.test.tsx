import { act, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RelativeTime } from '../../src/components/relative-time.tsx'
import { renderInApp } from '../support/render.tsx'

const NOW = '2026-11-21T10:00:00.000Z'

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  vi.setSystemTime(NOW)
})
afterEach(() => vi.useRealTimers())

const show = async (at: string | null) => {
  const rendered = renderInApp(<p data-testid="time">{<RelativeTime at={at} />}</p>)
  await screen.findByTestId('time')
  return rendered
}
const text = () => screen.getByTestId('time').textContent
const pass = (seconds: number) => act(() => vi.advanceTimersByTimeAsync(seconds * 1_000))

test('it ticks: just now, seconds, minutes', async () => {
  await show(NOW)
  expect(text()).toBe('just now')
  await pass(30)
  expect(text()).toMatch(/^3\d seconds ago$/)
  await pass(95)
  expect(text()).toBe('2 minutes ago')
})

test('the exact moment is there for machines and on hover', async () => {
  await show(NOW)
  const time = screen.getByTestId('time').querySelector('time')
  expect(time).toHaveAttribute('datetime', NOW)
  expect(time).toHaveAttribute('title', expect.stringContaining('2026'))
})

test('null is "never"; a time slightly in the future is "just now"', async () => {
  const { unmount } = await show(null)
  expect(text()).toBe('never')
  unmount()
  await show('2026-11-21T10:00:40.000Z')
  expect(text()).toBe('just now')
})

test('the clock is current after nobody subscribed to it', async () => {
  const { unmount } = await show(NOW)
  unmount()
  vi.setSystemTime('2026-11-21T12:00:00.000Z')
  await show(NOW)
  expect(text()).toBe('2 hours ago')
})
