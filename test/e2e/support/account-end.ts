import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { findMail } from '../../../scripts/lib/mail-sink.ts'
import { waitFor } from '../../../scripts/lib/wait.ts'
import { type Life, looksRight, openAccount, originOf } from './account-life.ts'

const GUEST = 'guest@igny8.test'
const region = ({ page }: Life, name: string | RegExp) => page.getByRole('region', { name })

/** Invites somebody, and withdraws it. */
export async function inviteAndWithdraw(life: Life): Promise<void> {
  const { page, world } = life
  await page.goto('/members')
  await page.getByLabel('E-mail', { exact: true }).fill(GUEST)
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await page.getByText(`The invitation was sent to ${GUEST}.`).first().waitFor()
  await world.tick()
  await waitFor('the mail', 10_000, () => findMail(world.url, GUEST, 'invitation'))
  const row = page.getByRole('row').filter({ hasText: GUEST })
  await row.getByRole('button', { name: 'Withdraw' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
  await row.waitFor({ state: 'detached' })
  await looksRight(life)
}

/** A site with a key and an item that names the person, so that KV and an object have something, too. */
export async function leaveTraces({ page, email }: Life): Promise<void> {
  const script = `(async () => {
    const send = async (path, body) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch('/api/v1' + path, { method: 'POST', headers, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(path + ' ' + (await answer.text()))
      return answer.json()
    }
    const site = await send('/sites/', { name: 'Of Grace', url: 'https://grace.example.com' })
    await send('/sites/' + site.id + '/api-keys/', {})
    await send('/sites/' + site.id + '/content/', { title: 'About me', body: 'Write to ${email}.' })
  })()`
  await page.evaluate(script)
}

/** Downloads both exports. @returns their texts */
export async function exportAll(life: Life): Promise<{ account: string; person: string }> {
  const { page } = life
  const download = async (name: string) => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
    return readFileSync(await file.path(), 'utf8')
  }
  await openAccount(life)
  const account = await download('Export the account')
  const person = await download('Export my data')
  await page
    .getByText(/^Downloaded: /)
    .nth(1)
    .waitFor()
  await looksRight(life)
  return { account, person }
}

const accountName = ({ name }: Life) => `${name}’s account`

async function askForAccount(life: Life): Promise<void> {
  const panel = region(life, /^Export or delete .*account$/)
  await panel.getByRole('button', { name: 'Delete this account' }).click()
  await panel.getByLabel('Type the account’s name to confirm').fill(accountName(life))
  await looksRight(life)
  await panel.getByRole('button', { name: 'Delete the account in 30 days' }).click()
  await region(life, /account will be deleted on/).waitFor()
}

/** Is refused as the only owner, deletes the account, keeps it, and deletes it again. */
export async function deleteAccount(life: Life): Promise<void> {
  const { page, email, world } = life
  const self = region(life, 'Export or delete yourself')
  await self.getByRole('button', { name: 'Delete me' }).click()
  await self.getByLabel('Type your e-mail address to confirm').fill(email)
  await self.getByRole('button', { name: 'Delete me in 30 days' }).click()
  await self.getByText('Nobody else owns:').waitFor()
  await askForAccount(life)
  await looksRight(life)
  await world.tick()
  await waitFor('the mail', 10_000, () => findMail(world.url, email, 'deletion_scheduled'))
  await page.goto('/sites')
  await page.getByRole('button', { name: 'Keep the account' }).click()
  await region(life, /account will be deleted on/).waitFor({ state: 'detached' })
  await openAccount(life)
  await askForAccount(life)
}

/** The session has ended with its person, and nobody has the address any more. */
export async function isGone({ page, world, email, password }: Life): Promise<void> {
  await page.goto('/sites')
  await page.waitForURL('**/sign-in')
  const answer = await fetch(`${originOf(world)}/api/v1/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  expect(answer.status).toBe(401)
}
