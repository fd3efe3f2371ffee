import type { Page } from 'playwright-core'
import { ADMIN } from '../../../scripts/wordpress/install.ts'

const PLUGIN_PAGE = '/wp-admin/options-general.php?page=igny8'

/** Signs in to wp-admin as its owner does. */
export async function signInToWordPress(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/wp-login.php`)
  await page.getByLabel('Username or Email Address').fill(ADMIN.user)
  await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
  await page.getByRole('button', { name: 'Log In' }).click()
  await page.waitForURL('**/wp-admin/**')
}

/** Pastes a key into the plugin's page and presses Connect. */
export async function connectWithKey(page: Page, url: string, apiKey: string): Promise<void> {
  await page.goto(url + PLUGIN_PAGE)
  await page.getByText(/^Connect with an(other)? API key/).click()
  await page.getByLabel('API key').fill(apiKey)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await page.locator('[data-igny8-state=ready]').waitFor()
}

/** Writes and publishes a post in the block editor. */
export async function publishPost(page: Page, url: string, title: string): Promise<void> {
  await page.goto(`${url}/wp-admin/post-new.php`)
  // the editor greets whoever opens it for the first time
  const greeting = page.getByRole('button', { name: 'Close', exact: true })
  const editor = page.frameLocator('iframe[name=editor-canvas]')
  const inFrame = editor.getByRole('textbox', { name: 'Add title' })
  const inPage = page.getByRole('textbox', { name: 'Add title' })
  await greeting.or(inPage).first().waitFor()
  if (await greeting.isVisible()) await greeting.click()
  const field = (await page.locator('iframe[name=editor-canvas]').count()) > 0 ? inFrame : inPage
  await field.fill(title)
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page
    .getByRole('region', { name: 'Editor publish' })
    .getByRole('button', { name: 'Publish', exact: true })
    .click()
  await page.getByText('is now live').first().waitFor()
}
