import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { CONNECTION_STATES } from '../../../src/contract/health.ts'
import { ConnectionBadge } from '../../src/components/connection-badge.tsx'
import { messages } from '../../src/i18n/en/index.ts'
import { renderInApp } from '../support/render.tsx'

/** The dot without its colour. */
const shapeOf = (dot: Element) => dot.innerHTML.replaceAll(/var\(--app-\w+\)/g, '')

test.each(CONNECTION_STATES)('%s has its words and a dot', async (state) => {
  renderInApp(<ConnectionBadge state={state} />)
  const words = await screen.findByText(messages.common.connectionState[state])
  const badge = words.closest('[data-connection]')
  expect(badge).toHaveAttribute('data-connection', state)
  expect(badge?.querySelector('svg')).toHaveAttribute('aria-hidden')
})

test('good, degraded, bad and idle states have dots of different shapes', async () => {
  renderInApp(
    <>
      {(['ready', 'degraded', 'unreachable', 'disabled'] as const).map((state) => (
        <ConnectionBadge key={state} state={state} />
      ))}
    </>,
  )
  await screen.findByText('Unreachable')
  const shapes = [...document.querySelectorAll('[data-connection] svg')].map(shapeOf)
  expect(new Set(shapes).size).toBe(4)
})
