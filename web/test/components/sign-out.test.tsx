import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { SignOutButton } from '../../src/layout/sign-out-button.tsx'
import { fakeApi } from '../support/fake-api.ts'
import { renderInApp } from '../support/render.tsx'

const SIGN_OUT = 'POST /api/v1/auth/sign-out'
const drafts = () => Object.keys(localStorage).filter((name) => name.startsWith('igny8-draft:'))

test('signing out asks first where it would discard what somebody typed', async () => {
  const api = fakeApi({ [SIGN_OUT]: { status: 204 } })
  const ask = vi.spyOn(window, 'confirm').mockReturnValueOnce(false).mockReturnValueOnce(true)
  localStorage.setItem('igny8-draft:usr_1:acc_1:site_1:item_1', '{"revision":1,"at":9,"values":{"title":"x"}}')
  renderInApp(<SignOutButton />)
  await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }))
  expect(ask).toHaveBeenCalledOnce()
  expect(api.callsOf(SIGN_OUT)).toHaveLength(0)
  expect(drafts()).toHaveLength(1)
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }))
  await waitFor(() => expect(drafts()).toEqual([]))
  expect(api.callsOf(SIGN_OUT)).toHaveLength(1)
  await userEvent.click(screen.getByRole('button', { name: 'Sign out' }))
  expect(ask).toHaveBeenCalledTimes(2)
})
