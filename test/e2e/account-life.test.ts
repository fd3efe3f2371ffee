import { afterAll, beforeAll, expect, test } from 'vitest'
import * as steps from './support/account-life.ts'
import { type Chromium, DESKTOP, faultsOf, PHONE, startChromium } from './support/browser.ts'
import { startWorld, type World } from './support/world.ts'

// T67: the life of an account in a browser, mail included. Each test goes on where the one before it ended.

let world: World
let chromium: Chromium
let life: steps.Life

beforeAll(async () => {
  ;[world, chromium] = await Promise.all([startWorld({ bindings: { MAIL_SINK: 'on' } }), startChromium()])
  life = await steps.beginLife(world, chromium)
})
afterAll(async () => {
  await chromium.close()
  await world.stop()
})

test('T67 signing up refuses a common password, keeps what was typed, and needs no verified address', async () => {
  await steps.signUp(life)
})

test('T67 the mailed link verifies the address', async () => {
  await steps.verifyEmail(life)
})

test('T67 who forgets the password gets in by mail', async () => {
  await steps.signOut(life)
  await steps.resetPassword(life)
  await steps.typePassword(life)
  await steps.signedIn(life.page)
})

test('T67 an authenticator app is set up, and signs in; a recovery code does, too', async () => {
  await steps.setUpTotp(life)
  await steps.signOut(life)
  await steps.signInWithTotp(life)
  await steps.signOut(life)
  await steps.signInWithRecoveryCode(life)
}, 120_000)

test('T67 a passkey is added, and signs in', async () => {
  await steps.plugDeviceIn(life)
  await steps.addPasskey(life)
  await steps.signOut(life)
  await steps.signInWithPasskey(life)
})

test('T67 sessions are seen and ended', async () => {
  await steps.endOtherSession(life, chromium)
})

test('T67 the page looks right on a phone in the dark, in German', async () => {
  const { page, tab } = life
  await page.setViewportSize(PHONE)
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await page.evaluate("localStorage.setItem('igny8-locale', 'de')")
  await page.goto('/account')
  await page.getByRole('heading', { level: 1, name: 'Ihr Zugang' }).waitFor()
  await page.waitForLoadState('networkidle')
  expect([...(await faultsOf(page)), ...tab.faults]).toEqual([])
  await page.setViewportSize(DESKTOP)
})
