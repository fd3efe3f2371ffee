import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { installPackages } from '../wordpress/packages.ts'

/** Names under which Chromium and its sisters are installed. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

/** A browser of this machine: `CHROMIUM_PATH`, else one on the path. */
function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    process.env.CHROMIUM_PATH,
    ...PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))),
    MAC,
  ]
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path))
}

/**
 * Path of a Chromium; installs Debian's where there is none and it may.
 * @throws Error that says what to install
 */
export async function ensureChromium(): Promise<string> {
  const found = findChromium()
  if (found) return found
  await installPackages(['chromium']).catch((cause: unknown) => {
    throw new Error('no Chromium: install it (apt-get install chromium), or name one in CHROMIUM_PATH', { cause })
  })
  const installed = findChromium()
  if (!installed) throw new Error('no Chromium after its installation: name one in CHROMIUM_PATH')
  return installed
}

/** A browser without a window. Its sandbox can't start as root, as in most containers; it opens this project's pages alone. */
export async function launchChromium(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: await ensureChromium(), args })
}
