import type { CDPSession, Page } from 'playwright-core'
import { expect } from 'vitest'
import { findMail, linkOf } from '../../../scripts/lib/mail-sink.ts'
import { waitFor } from '../../../scripts/lib/wait.ts'
import { totpCode, withTimeLeft } from '../../support/totp.ts'
import { type Chromium, faultsOf, type Tab } from './browser.ts'
import { typePassword as typeIn } from './sign-in.ts'
import type { World } from './world.ts'

/** A person whose life a test goes through, in steps that each leave the page where the next begins. */
export interface Life {
  world: World
  tab: Tab
  page: Page
  name: string
  email: string
  password: string
  /** Of the authenticator app, once it is set up. */
  secret: string
  recoveryCodes: string[]
}

/** Passkeys need a name: browsers refuse them for 127.0.0.1. */
export const originOf = ({ url }: World) => url.replace('127.0.0.1', 'localhost')

export async function beginLife(world: World, chromium: Chromium): Promise<Life> {
  const tab = await chromium.open({ origin: originOf(world) })
  await tab.page.emulateMedia({ reducedMotion: 'reduce' })
  const person = { name: 'Grace Hopper', email: 'grace@igny8.test', password: 'a nanosecond of wire' }
  return { world, tab, page: tab.page, ...person, secret: '', recoveryCodes: [] }
}

/** The page is accessible and fits, in this state. */
export async function looksRight({ page }: Life): Promise<void> {
  await page.waitForLoadState('networkidle')
  expect(await faultsOf(page)).toEqual([])
}

/** Opens the link of the newest mail of a kind, in this browser. */
export async function openLinkOf({ world, page, email }: Life, kind: string): Promise<void> {
  const mail = await waitFor(`the mail ${kind}`, 10_000, () => findMail(world.url, email, kind))
  const { pathname, hash } = linkOf(mail)
  // a link to the page that is open changes the fragment alone, which loads nothing
  await page.goto('about:blank')
  await page.goto(`${originOf(world)}${pathname}${hash}`)
}

/** Signing in returns to the page that was left. */
export const signedIn = (page: Page) => page.waitForURL(({ pathname }) => !pathname.startsWith('/sign-'))

export async function signUp(life: Life): Promise<void> {
  const { page, name, email, password } = life
  await page.goto('/sign-up')
  await page.getByLabel('Your name').fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('password123')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByText('This password is too common').waitFor()
  // what was typed is still there
  expect(await page.getByLabel('E-mail').inputValue()).toBe(email)
  await looksRight(life)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await signedIn(page)
}

export async function openAccount({ page }: Life): Promise<void> {
  await page.goto('/account')
  await page.getByRole('heading', { level: 1, name: 'Your account' }).waitFor()
  await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor()
}

export async function verifyEmail(life: Life): Promise<void> {
  const { page } = life
  await openAccount(life)
  await page.getByText('Please verify your address').waitFor()
  await looksRight(life)
  await openLinkOf(life, 'verify_email')
  await page.getByText('The address is verified').waitFor()
  await looksRight(life)
  await page.getByRole('link', { name: 'Continue' }).click()
  await openAccount(life)
  await page.getByText('Verified', { exact: true }).waitFor()
}

export async function signOut({ page }: Life): Promise<void> {
  await page.getByRole('button', { name: /Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
}

/** Forgets the password, and sets another one. */
export async function resetPassword(life: Life): Promise<void> {
  const { page, email } = life
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByRole('heading', { level: 1, name: 'Forgot your password' }).waitFor()
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.getByText('Look into your mail').waitFor()
  await looksRight(life)
  await openLinkOf(life, 'reset_password')
  life.password = 'another nanosecond of wire'
  await page.getByLabel('New password', { exact: true }).fill(life.password)
  await looksRight(life)
  await page.getByRole('button', { name: 'Set the password' }).click()
  await page.getByText('Your password is set').waitFor()
  await page.getByRole('link', { name: 'Sign in' }).click()
}

export const typePassword = ({ page, email, password }: Life): Promise<void> => typeIn(page, { email, password })

const section = ({ page }: Life, name: string) => page.getByRole('region', { name })

export async function setUpTotp(life: Life): Promise<void> {
  const { page, password } = life
  const panel = section(life, 'Authenticator app')
  await openAccount(life)
  await panel.getByRole('button', { name: 'Set up' }).click()
  await panel.getByLabel('Password', { exact: true }).fill(password)
  await panel.getByRole('button', { name: 'Start' }).click()
  const codes = panel.getByRole('list', { name: 'Your recovery codes' }).getByRole('listitem')
  await codes.first().waitFor()
  await looksRight(life)
  life.recoveryCodes = await codes.allInnerTexts()
  await panel.getByLabel('I have kept them').check()
  await panel.getByRole('button', { name: 'Continue' }).click()
  life.secret = await panel.getByLabel('Secret').inputValue()
  await panel.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  await looksRight(life)
  await withTimeLeft()
  // of the 30 seconds before, so that the next sign-in has a code of its own
  await panel.getByLabel('Six digits').fill(await totpCode(life.secret, -1))
  await panel.getByRole('button', { name: 'Turn on' }).click()
  await panel.getByText('10 recovery codes are left.').waitFor()
  await page.waitForLoadState('networkidle')
}

export async function signInWithTotp(life: Life): Promise<void> {
  const { page } = life
  await typePassword(life)
  await page.getByRole('heading', { level: 1, name: 'One more step' }).waitFor()
  await looksRight(life)
  await page.getByLabel('Code', { exact: true }).fill('000000')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('The code is wrong or was used before').waitFor()
  await page.getByLabel('Code', { exact: true }).fill(await totpCode(life.secret))
  await page.getByRole('button', { name: 'Continue' }).click()
  await signedIn(page)
}

export async function signInWithRecoveryCode(life: Life): Promise<void> {
  const { page, recoveryCodes } = life
  await typePassword(life)
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(recoveryCodes.pop() ?? '')
  await page.getByRole('button', { name: 'Continue' }).click()
  await signedIn(page)
}

/** Gives the browser a device with passkeys, whose person always agrees. */
export async function plugDeviceIn({ tab, page }: Life): Promise<CDPSession> {
  const session = await tab.context.newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return session
}

export async function addPasskey(life: Life): Promise<void> {
  const panel = section(life, 'Passkeys')
  await openAccount(life)
  await panel.getByLabel('Name of the new passkey').fill('Work laptop')
  await panel.getByRole('button', { name: 'Add a passkey' }).click()
  await panel.getByRole('button', { name: 'Remove' }).waitFor()
  await panel.getByText('Work laptop', { exact: true }).waitFor()
  await looksRight(life)
}

export async function signInWithPasskey({ page }: Life): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await signedIn(page)
}

/** Signs in elsewhere, and ends that session from here. */
export async function endOtherSession(life: Life, chromium: Chromium): Promise<void> {
  const { context, page } = await chromium.open({ origin: originOf(life.world), locale: 'de-DE' })
  const elsewhere: Life = { ...life, page }
  await page.goto('/sign-in')
  await page.getByLabel('E-Mail-Adresse').fill(life.email)
  await page.getByLabel('Passwort', { exact: true }).fill(life.password)
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
  await page.getByRole('button', { name: 'Wiederherstellungscode verwenden' }).click()
  await page.getByLabel('Wiederherstellungscode').fill(life.recoveryCodes.pop() ?? '')
  await page.getByRole('button', { name: 'Weiter' }).click()
  await signedIn(page)
  await openAccount(life)
  const panel = section(life, 'Where you are signed in')
  await panel.getByRole('button', { name: 'End all others' }).click()
  await life.page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click()
  await waitFor('one session', 10_000, async () =>
    (await panel.getByRole('listitem').count()) === 1 ? true : undefined,
  )
  await elsewhere.page.reload()
  await page.waitForURL('**/sign-in')
  await context.close()
}
