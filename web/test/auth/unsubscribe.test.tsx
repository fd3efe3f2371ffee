import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'

const SUBSCRIPTION = 'GET /api/v1/mail/subscription'
const UNSUBSCRIBE = 'POST /api/v1/mail/unsubscribe'
const signedOut = { 'GET /api/v1/auth/get-session': problem(401, 'credentials_missing') }
const list = (subscribed: boolean) => ({ [SUBSCRIPTION]: { body: { list: 'invitations', subscribed } } })

test('the link of a mail asks first, stops without a session, and takes it back', async () => {
  const api = fakeApi({
    ...signedOut,
    ...list(true),
    [UNSUBSCRIBE]: { status: 204 },
    'POST /api/v1/mail/resubscribe': { status: 204 },
  })
  renderAt('/unsubscribe#token=abc.def')
  expect(await screen.findByText('Stop invitations to this address?')).toBeVisible()
  expect(api.callsOf(UNSUBSCRIBE)).toHaveLength(0)
  api.answer(list(false))
  await userEvent.click(screen.getByRole('button', { name: 'Stop these e-mails' }))
  expect(await screen.findByText('You get no more of these e-mails')).toBeVisible()
  expect(api.callsOf(UNSUBSCRIBE)).toHaveLength(1)
  api.answer(list(true))
  await userEvent.click(screen.getByRole('button', { name: 'Get them again' }))
  expect(await screen.findByText('Stop invitations to this address?')).toBeVisible()
})

test('a link that isn’t ours, or isn’t whole, says so', async () => {
  fakeApi({ ...signedOut, [SUBSCRIPTION]: problem(404, 'unsubscribe_link_invalid', 'No.') })
  const { unmount } = renderAt('/unsubscribe#token=x')
  expect(await screen.findByRole('alert')).toBeVisible()
  unmount()
  renderAt('/unsubscribe')
  expect(await screen.findByText('This link is not complete')).toBeVisible()
})
