// npm run screenshots: a picture of every screen and state, in both schemes, on a desktop and on a phone. All go to
// `.cache/screenshots`, those that the documentation shows to `docs/images` as well. `-- WORD` keeps those named so.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { buildAssets } from './build.ts'
import { launchChromium } from './lib/chromium.ts'
import { ROOT, cacheFolder } from './lib/paths.ts'
import { step } from './lib/progress.ts'
import { endWithParent, stopEverything } from './lib/shutdown.ts'
import { type Scene, SCENES } from './screenshots/scenes.ts'
import { NEWCOMER, type Stage, openStage } from './screenshots/stage.ts'
import { DEMO_USER } from './start/seed.ts'

const SCHEMES = ['light', 'dark'] as const
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const
const IMAGES = join(ROOT, 'docs/images')
const PEOPLE = { nobody: null, newcomer: NEWCOMER, demo: DEMO_USER } as const

type Who = keyof typeof PEOPLE
type View = { name: string; who: Who; page: Page }

async function signIn(context: BrowserContext, who: Who): Promise<void> {
  const person = PEOPLE[who]
  if (!person) return
  const data = { email: person.email, password: person.password }
  const answer = await context.request.post('/api/v1/auth/sign-in/email', { data })
  if (!answer.ok()) throw new Error(`${who} could not sign in: ${answer.status()}`)
}

/** Everybody who looks, in both schemes and sizes, each in a browser of their own. */
async function openViews(browser: Browser, stage: Stage): Promise<View[]> {
  const views: View[] = []
  for (const who of Object.keys(PEOPLE) as Who[])
    for (const colorScheme of SCHEMES)
      for (const [size, viewport] of Object.entries(SIZES)) {
        const look = { viewport, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' } as const
        const context = await browser.newContext({ ...look, baseURL: stage.api.url })
        await signIn(context, who)
        views.push({ name: `${colorScheme}-${size}`, who, page: await context.newPage() })
      }
  return views
}

/** Waits until a page has everything: nothing is being asked for, and no outline stands for something else. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.waitForSelector('.mantine-Skeleton-root', { state: 'detached' })
}

async function take(scene: Scene, stage: Stage, view: View, folder: string): Promise<void> {
  await view.page.goto(scene.path(stage))
  await settle(view.page)
  await scene.act?.(view.page)
  const file = join(folder, `${scene.name}-${view.name}.png`)
  await view.page.screenshot({ path: file, fullPage: true })
  if (scene.docs?.includes(view.name)) copyFileSync(file, join(IMAGES, `${scene.name}-${view.name}.png`))
}

async function main(words: string[]): Promise<void> {
  const folder = cacheFolder('screenshots')
  mkdirSync(IMAGES, { recursive: true })
  await step('Static assets and plugin zip', () => buildAssets())
  const stage = await step('API and WordPress with the demo’s content', () => openStage())
  const browser = await step('Chromium', () => launchChromium())
  const views = await openViews(browser, stage)
  for (const scene of SCENES) {
    await scene.arrange?.(stage)
    if (words.length > 0 && !words.some((word) => scene.name.includes(word))) continue
    await step(scene.name, async () => {
      for (const view of views.filter(({ who }) => who === (scene.as ?? 'demo'))) await take(scene, stage, view, folder)
    })
  }
  await browser.close()
  console.log(`\nPictures are in ${relative(ROOT, folder)} and ${relative(ROOT, IMAGES)}.`)
}

endWithParent()
try {
  await main(process.argv.slice(2))
  await stopEverything()
  process.exit(0)
} catch (error) {
  console.error(error)
  await stopEverything()
  process.exit(1)
}
