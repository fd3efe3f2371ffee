import type { Page } from 'playwright-core'
import type { Person } from './world.ts'

/** Signs in to the app of the page's origin as a person does. @param at the app's address, if the page has another origin */
export async function signIn(
  page: Page,
  { email, password }: Pick<Person, 'email' | 'password'>,
  at = '',
): Promise<void> {
  await typePassword(page, { email, password }, at)
  await page.waitForURL('**/sites')
}

/** The first step of it: for whoever has a second factor, more is asked. */
export async function typePassword(
  page: Page,
  { email, password }: Pick<Person, 'email' | 'password'>,
  at = '',
): Promise<void> {
  await page.goto(`${at}/sign-in`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}
