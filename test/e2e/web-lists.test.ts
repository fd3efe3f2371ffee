/** A list of hundreds of items in a real browser: select, plan, progress, undo, with the keyboard alone, and accessible. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Chromium, DESKTOP, faultsOf, PHONE, pictureOf, startChromium } from './support/browser.ts'
import { OWNER, type World, startWorld } from './support/world.ts'

const ITEMS = 60
const TABLET = { width: 768, height: 1024 } as const

let world: World
let chromium: Chromium
let siteId: string
let page: Page

const statuses = async () => {
  const { results } = await world.owner.get<{ results: { status: string }[] }>(`/sites/${siteId}/content/?limit=200`)
  return results.map(({ status }) => status)
}
const count = (all: string[], status: string) => all.filter((one) => one === status).length

beforeAll(async () => {
  ;[world, chromium] = await Promise.all([startWorld(), startChromium()])
  const site = await world.owner.post<{ id: string }>('/sites/', { name: 'Lists', url: 'https://lists.example' })
  siteId = site.id
  for (let n = 1; n <= ITEMS; n++) {
    const title = n === 7 ? 'Über the garden' : `Item ${String(n).padStart(2, '0')}`
    const body = {
      title,
      type: n % 3 === 0 ? 'page' : 'post',
      body: `<p>Text number ${n}</p>`,
      terms: { category: ['News'] },
    }
    const { id } = await world.owner.post<{ id: string }>(`/sites/${siteId}/content/`, body)
    // WordPress does not have it, so it is deleted
    if (n === 3) await world.owner.delete(`/sites/${siteId}/content/${id}/`)
  }
})
afterAll(async () => {
  await chromium.close()
  await world.stop()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(`as it looked: ${await pictureOf(page, task.name.slice(0, 60))}`)
})

async function openList(
  look: Parameters<Chromium['open']>[0] | object = {},
  search = '',
): Promise<{ faults: string[] }> {
  const tab = await chromium.open({ origin: world.url, ...look })
  page = tab.page
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await tab.context.request.post('/api/v1/auth/sign-in/email', {
    data: { email: OWNER.email, password: OWNER.password },
  })
  await page.goto(`/sites/${siteId}/items${search}`)
  await page.locator('[data-item]').first().waitFor()
  return tab
}
const selected = () => page.locator('[data-selected-count]')

describe('a list of many items', { timeout: 120_000 }, () => {
  test('is worked with by the keyboard alone: select, plan, progress, undo', async () => {
    const { faults } = await openList()
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.keyboard.press('Shift+J')
    await page.keyboard.press('Shift+J')
    await expect.poll(() => selected().textContent()).toBe('3 selected')
    expect(await page.locator('tr[aria-selected=true]').count()).toBe(3)
    const found = await faultsOf(page)
    await page.getByRole('button', { name: 'Change', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Published' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('3 items will change.').waitFor()
    found.push(...(await faultsOf(page)))
    expect(count(await statuses(), 'publish')).toBe(0)
    await dialog.getByRole('button', { name: 'Change 3 items' }).focus()
    await page.keyboard.press('Enter')
    await dialog.getByText('3 items changed').waitFor()
    expect(count(await statuses(), 'publish')).toBe(3)
    found.push(...(await faultsOf(page)))
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    const notice = page.getByRole('region', { name: 'Change of many items' })
    await notice.getByRole('button', { name: 'Undo' }).focus()
    await page.keyboard.press('Enter')
    await notice.getByText('3 items put back').waitFor()
    expect(count(await statuses(), 'publish')).toBe(0)
    found.push(...(await faultsOf(page)))
    expect([...found, ...faults]).toEqual([])
  })

  test('is changed as a whole, also what is not loaded; the filter and the order are in the address', async () => {
    await openList({}, '?type=post&sort=title')
    expect(await page.locator('[data-item]').count()).toBeLessThanOrEqual(50)
    await page.getByRole('checkbox', { name: 'Select all shown' }).check()
    const everything = page.getByRole('button', { name: 'Select everything that matches' })
    if (await everything.isVisible()) await everything.click()
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Pending review' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('40 items will change.').waitFor()
    await dialog.getByRole('button', { name: 'Change 40 items' }).click()
    await dialog.getByText('40 items changed').waitFor()
    expect(count(await statuses(), 'pending')).toBe(40)
    await dialog.getByRole('button', { name: 'Undo' }).click()
    await dialog.getByText('40 items put back').waitFor()
    expect(count(await statuses(), 'pending')).toBe(0)
  })

  test('is searched, and ⌘K goes to an item, a page and a site', async () => {
    await openList()
    await page.keyboard.press('/')
    await page.keyboard.type('uber gard')
    await expect.poll(() => page.locator('[data-item]').count()).toBe(1)
    // a letter that is typed is no shortcut
    expect(await page.getByRole('searchbox').inputValue()).toBe('uber gard')
    await page.keyboard.press('Control+k')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox').fill('number 12')
    await dialog.getByRole('option', { name: /Item 12/ }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.waitForURL('**/items/item_*')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('activity')
    await page.getByRole('option', { name: /Activity/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/activity')
  })

  test.each([
    ['phone', PHONE, 'dark'],
    ['tablet', TABLET, 'light'],
    ['desktop', DESKTOP, 'dark'],
  ] as const)('fits a %s, with items selected and a plan open', async (name, viewport, colorScheme) => {
    const { faults } = await openList({ viewport, colorScheme })
    const boxes = page.locator('[data-item]').getByRole('checkbox')
    await boxes.nth(0).click()
    await boxes.nth(2).click({ modifiers: ['Shift'] })
    await expect.poll(() => selected().textContent()).toBe('3 selected')
    const found = await faultsOf(page)
    await pictureOf(page, `lists-${name}-${colorScheme}`)
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Move to trash' }).click()
    await page.getByRole('dialog').getByText('3 items will change.').waitFor()
    found.push(...(await faultsOf(page)))
    await pictureOf(page, `lists-plan-${name}-${colorScheme}`)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Next item').waitFor()
    found.push(...(await faultsOf(page)))
    expect([...found, ...faults]).toEqual([])
  })
})
