import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium } from '../../../scripts/lib/chromium.ts'
import { cacheFolder } from '../../../scripts/lib/paths.ts'

export const DESKTOP = { width: 1440, height: 900 } as const
export const PHONE = { width: 390, height: 844 } as const

/** A page in a browser of its own, and what went wrong in it. */
export interface Tab {
  page: Page
  context: BrowserContext
  /** Uncaught errors, errors on the console, requests to anybody else, requests that failed for no reason of the test's. */
  faults: string[]
}

/** A real browser for one test file. */
export interface Chromium {
  /** A person of their own, who works with what is at `origin`: requests to others are faults. */
  open: (options: BrowserContextOptions & { origin: string }) => Promise<Tab>
  close: () => Promise<void>
}

const ACTION_TIMEOUT_MS = 15_000
/** Each person would have their browser keep all of the app's files. The test of that allows it. */
const WITHOUT_FILES = { serviceWorkers: 'block' } as const

/** Watches a page for everything that a test would otherwise not see. */
function watch(page: Page, origin: string): string[] {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    // what the API refuses is told by the page itself, and every browser logs it besides
    const isRefusal = message.text().startsWith('Failed to load resource')
    const isOffline = message.text().includes('WebSocket connection to')
    if (message.type() === 'error' && !isRefusal && !isOffline) faults.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const { protocol, origin: target } = new URL(request.url())
    if (protocol.startsWith('http') && target !== origin) faults.push(`foreign request: ${request.url()}`)
  })
  return faults
}

/** Starts Chromium. */
export async function startChromium(): Promise<Chromium> {
  const browser: Browser = await launchChromium()
  return {
    open: async ({ origin, ...options }) => {
      const context = await browser.newContext({
        baseURL: origin,
        viewport: DESKTOP,
        locale: 'en-GB',
        ...WITHOUT_FILES,
        ...options,
      })
      context.setDefaultTimeout(ACTION_TIMEOUT_MS)
      const page = await context.newPage()
      return { page, context, faults: watch(page, origin) }
    },
    close: () => browser.close(),
  }
}

/** What axe finds (WCAG 2.2 A and AA, and its best practices), and whether the page is wider than its window. */
export async function faultsOf(page: Page): Promise<string[]> {
  // axe doesn't see through a transition; what turns for ever, such as a sign of waiting, is not waited for
  await page.evaluate(`Promise.all(document.getAnimations()
    .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
    .map((one) => one.finished.catch(() => null)))`)
  // one page without frames of others: axe needs no second page to merge what it finds, nor to describe what is in order
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const { violations } = await axe.analyze()
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${help}: ${html} (${any.map(({ message }) => message).join('; ')})`),
  )
  const widths = await page.evaluate('[document.documentElement.scrollWidth, window.innerWidth]')
  const [content = 0, window = 0] = widths as number[]
  if (content > window) found.push(`the page is ${content - window} px wider than its window`)
  return found.map((fault) => `${new URL(page.url()).pathname}: ${fault}`)
}

/** Keeps a picture of where a test failed, in the cache. */
export async function pictureOf(page: Page, name: string): Promise<string> {
  const folder = cacheFolder('browser')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path, fullPage: true })
  return path
}
