import { afterAll, beforeAll, expect, test } from 'vitest'
import * as end from './support/account-end.ts'
import * as steps from './support/account-life.ts'
import { findStored, letDaysPass } from './support/stored.ts'
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

test('T67 somebody is invited, and the invitation withdrawn', async () => {
  await life.page.evaluate("localStorage.setItem('igny8-locale', 'en')")
  await life.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await end.inviteAndWithdraw(life)
})

test('T68 both exports are downloaded, and have what they promise', async () => {
  await end.leaveTraces(life)
  const { account, person } = await end.exportAll(life)
  const lines = account
    .trim()
    .split('\n')
    .map((line): { kind: string } => JSON.parse(line))
  expect(lines.slice(0, 3).map(({ kind }) => kind)).toEqual(['export', 'check', 'member'])
  expect(lines.at(-1)).toMatchObject({ kind: 'end', complete: true, failures: 0, lines: lines.length })
  expect(account).toContain(`Write to ${life.email}.`)
  expect(JSON.parse(person)).toMatchObject({ person: { email: life.email }, passkeys: [{ name: 'Work laptop' }] })
})

test('T68 the account is deleted, kept, and deleted; after 30 days no stored file has the person any more', async () => {
  const { tab, name, email } = life
  const restart = async (days: number) => {
    await world.stopApi()
    letDaysPass(world.folder, days)
    await world.startApi()
    await world.tick()
  }
  await end.deleteAccount(life)
  await world.tick()
  await restart(29)
  await world.stopApi()
  // D1 and the site's object
  expect(findStored(world.folder, email).length).toBeGreaterThanOrEqual(2)
  await world.startApi()
  await restart(1)
  // ten minutes later what was erased is looked through again
  await restart(1)
  await end.isGone(life)
  await world.stopApi()
  expect(findStored(world.folder, email)).toEqual([])
  expect(findStored(world.folder, name)).toEqual([])
  expect(tab.faults).toEqual([])
  await world.startApi()
}, 180_000)
