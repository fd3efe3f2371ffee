/**
 * The plugin that this deployment serves, and who signs its releases. The key stays here and never reaches the account:
 * docs/adr/0021-plugin-updates.md. Where it is not, what is served stays as it is, so that any machine can deploy.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import {
  PLUGIN_MANIFEST_PATH,
  PLUGIN_ZIP_PATH,
  PluginManifest,
  type SignedPluginManifest,
} from '../../src/contract/plugin-updates.ts'
import { RELEASE } from '../../src/contract/release.ts'
import { makeKey, parseKeys, publicKeysOf, readKeys, type SigningKey, writeKeys } from '../plugin/keys.ts'
import { openManifest, parseServed } from '../plugin/manifest.ts'
import { publishCheckout, type Served } from '../plugin/publish.ts'
import { addressOf } from './address.ts'
import { DeployError } from './errors.ts'
import { parseJson } from './json.ts'
import type { Environment } from './options.ts'
import type { Plan, Progress, Step } from './state.ts'

const TIMEOUT_MS = 30_000
const VARIABLE = 'PLUGIN_SIGNING_KEYS'

export const keysPath = (environment: Environment) => `deploy/${environment}.plugin-keys.json`

/** A file of the deployed address; null if there is none or nobody answers, as before the first deployment. */
async function fetchServed(plan: Plan, url: string): Promise<Uint8Array | null> {
  try {
    const answer = await plan.outside.fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null
  } catch {
    return null
  }
}

/** @throws DeployError if the keys can't be read; it holds no secret */
function findKeys({ outside, options }: Plan): SigningKey[] | null {
  const text = outside.env[VARIABLE]
  const path = keysPath(options.environment)
  try {
    return text ? parseKeys(text) : readKeys(join(outside.root, path))
  } catch (cause) {
    throw new DeployError(`${text ? VARIABLE : path}: ${cause instanceof Error ? cause.message : 'not readable'}`)
  }
}

const foreign = ({ signatures }: SignedPluginManifest, path: string) =>
  `The plugin's releases are signed by the key ${signatures.map(({ key }) => key).join(', ')}, which is not in ${path}.
Sites refuse what other keys sign. Put that key into the file; if it is lost, see docs/operations.md, "Updates of the plugin".`

/** What is served now, byte for byte. @throws DeployError if a part of it is gone */
async function keepLive(plan: Plan, url: string, text: string): Promise<Served> {
  const manifest = PluginManifest.safeParse(parseJson(parseServed(text)?.manifest ?? '')).data
  const served = new Map([[PLUGIN_MANIFEST_PATH, new TextEncoder().encode(text)]])
  for (const { package: path, sha256, version } of manifest?.releases ?? []) {
    const zip = await fetchServed(plan, url + path)
    if (!zip || createHash('sha256').update(zip).digest('hex') !== sha256)
      throw new DeployError(`${url}${path} is not what the manifest says. Deploy from where the signing key is.`)
    served.set(path, zip)
    const isForNewSites = !served.has(PLUGIN_ZIP_PATH) && !(version in (manifest?.withdrawn ?? {}))
    if (isForNewSites) served.set(PLUGIN_ZIP_PATH, zip)
  }
  return served
}

/** Decides what is served below `/plugin/`, and makes the key if there was none ever. */
export function preparePlugin(plan: Plan, progress: Progress): Step {
  const { options, settings, outside } = plan
  const path = keysPath(options.environment)
  const sign = (keys: SigningKey[], text: string) => {
    for (const { secret } of keys) progress.hidden.add(secret)
    const publication = { url: addressOf(progress), keys, rollout: settings.plugin, live: parseServed(text) }
    progress.plugin = () => publishCheckout(RELEASE, publication)
  }
  return {
    title: 'Updates of the plugin',
    plan: [
      `Read the keys that sign them: ${VARIABLE}, else ${path}.`,
      `GET …${PLUGIN_MANIFEST_PATH}: ${options.replacesPluginKey ? 'other keys may have signed it' : 'stop if other keys signed it'}.`,
      `Without keys: leave what is served as it is; if nothing is signed yet, make a key in ${path}, except in CI.`,
    ],
    async run() {
      const url = addressOf(progress)
      const found = await fetchServed(plan, url + PLUGIN_MANIFEST_PATH)
      const text = found ? new TextDecoder().decode(found) : ''
      const live = parseServed(text)
      const keys = findKeys(plan)
      const isForeign = keys && live && !openManifest(live, publicKeysOf(keys))
      if (isForeign && !options.replacesPluginKey) throw new DeployError(foreign(live, path))
      if (keys) {
        sign(keys, text)
        return `signed by ${keys.map(({ id }) => id).join(', ')}`
      }
      if (live) {
        const served = await keepLive(plan, url, text)
        progress.plugin = () => served
        return 'stay as they are, since the key that signs them is not here'
      }
      if (outside.env['CI']) {
        sign([], '')
        return `none are offered: a key made here would be lost. Set ${VARIABLE}`
      }
      const key = makeKey()
      writeKeys(join(outside.root, path), [key])
      sign([key], '')
      return `made the key ${key.id} in ${path}: keep a copy of this file`
    },
  }
}
