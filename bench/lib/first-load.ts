/**
 * How long the app takes over a slow line, from an empty cache until a page can be used: the built app and the deployed
 * Worker's modules in workerd, over HTTP/2, in Chromium with the line that its developer tools call "Slow 3G" (400 kbit/s,
 * two seconds until an answer begins). The line takes nearly all the time, so the figures hardly depend on the machine.
 */
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import type { BrowserContext, Page } from 'playwright-core'
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from 'wrangler'
import { buildAssets } from '../../scripts/build.ts'
import { launchChromium } from '../../scripts/lib/chromium.ts'
import { ROOT, temporaryFolder } from '../../scripts/lib/paths.ts'
import { freePort } from '../../scripts/lib/ports.ts'
import { endWithProcess } from '../../scripts/lib/shutdown.ts'
import type { Bundle } from './bundle.ts'
import { startEdge } from './edge.ts'
import type { Row } from './report.ts'
import { createSecrets, modulesOf, type Runtime } from './runtime.ts'
import { createStructuredSite, PERSON, seedOwner } from './seed.ts'

/** Chromium's own preset. */
const SLOW_3G = { offline: false, latency: 2_000, downloadThroughput: 50_000, uploadThroughput: 50_000 }
/** Half of what it took before requests went out side by side: the table in docs/performance.md. */
const TARGETS_MS = { 'content-types': 9_500, sites: 8_500 }
const LONGEST_MS = 120_000

/** A page, and what is on it once it can be used. */
interface Visit {
  name: keyof typeof TARGETS_MS
  path: string
  isUsable: (page: Page) => Promise<void>
}

async function startApp(app: Bundle): Promise<{ origin: string; runtime: Runtime }> {
  await buildAssets()
  const { modulesRules: _, ...options } = readWorkerOptions(join(ROOT, 'wrangler.toml')).workerOptions
  const port = await freePort()
  const edge = await startEdge(port)
  const origin = `https://localhost:${edge.port}`
  const { keyRing, bindings } = createSecrets()
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port,
      cf: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: () => undefined,
      resourcePersistencePath: temporaryFolder('bench-first-load'),
      workers: [
        {
          ...(options as object),
          ...modulesOf(app),
          name: 'app',
          bindings: { ...bindings, ENVIRONMENT: 'development', PUBLIC_URL: origin, WEB_ORIGINS: origin },
        },
      ],
    }),
  )
  await miniflare.ready
  const forget = endWithProcess({ group: undefined, stop: () => miniflare.dispose(), kill: () => undefined })
  const stop = async () => {
    edge.stop()
    await miniflare.dispose()
    forget()
  }
  const url = () => Promise.resolve(new URL(`http://127.0.0.1:${port}`))
  return { origin, runtime: { miniflare, keyRing, url, stop } }
}

/** Opens the page with an empty cache. @returns milliseconds until it can be used, and what it asked the API for */
async function timeVisit(context: BrowserContext, { path, isUsable }: Visit) {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.clearBrowserCache')
  await session.send('Network.emulateNetworkConditions', SLOW_3G)
  const asked: string[] = []
  let files = 0
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname.startsWith('/api/')) asked.push(`${request.method()} ${pathname}${search}`)
    else files++
  })
  const started = performance.now()
  await page.goto(path, { waitUntil: 'commit', timeout: LONGEST_MS })
  await isUsable(page)
  const took = performance.now() - started
  await page.close()
  return { took, files, asked }
}

const visitsTo = (siteId: string): Visit[] => [
  {
    name: 'content-types',
    path: `/sites/${siteId}/content-types`,
    isUsable: (page) => page.getByRole('switch').first().waitFor({ timeout: LONGEST_MS }),
  },
  {
    name: 'sites',
    path: '/sites',
    isUsable: (page) => page.getByRole('link', { name: 'Bench' }).first().waitFor({ timeout: LONGEST_MS }),
  },
]

/** The first load of the two pages where people arrive. */
export async function measureFirstLoad(app: Bundle): Promise<Row[]> {
  const { origin, runtime } = await startApp(app)
  const browser = await launchChromium()
  try {
    const token = await seedOwner(runtime)
    const { siteId } = await createStructuredSite(await runtime.url('app'), token, 1_000)
    const rows: Row[] = []
    for (const visit of visitsTo(siteId)) {
      const context = await browser.newContext({ baseURL: origin, locale: 'en-GB', ignoreHTTPSErrors: true })
      const signedIn = await context.request.post('/api/v1/auth/sign-in/email', { data: PERSON, headers: { origin } })
      if (!signedIn.ok()) throw new Error(`signing in answered ${signedIn.status()}: ${await signedIn.text()}`)
      const { took, files, asked } = await timeVisit(context, visit)
      await context.close()
      const twice = asked.length - new Set(asked).size
      rows.push({
        name: `first load of ${visit.name}`,
        against: `until it can be used, over Slow 3G, from an empty cache. Asks for ${asked.join(', ')}.`,
        value: Math.round(took),
        unit: 'ms',
        target: { atMost: TARGETS_MS[visit.name] },
        details: { files, requests: asked.length, 'of them twice': twice },
      })
    }
    return rows
  } finally {
    await browser.close()
    await runtime.stop()
  }
}
