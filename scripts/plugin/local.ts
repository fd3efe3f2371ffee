import { join } from 'node:path'
import { PluginRollout } from '../../src/contract/plugin-updates.ts'
import { RELEASE } from '../../src/contract/release.ts'
import { cacheFolder } from '../lib/paths.ts'
import { makeKey, readKeys, writeKeys } from './keys.ts'
import { publishCheckout, type Served } from './publish.ts'

/** The plugin as a server on this machine serves it, signed with a key of this checkout's cache. */
export function publishLocally(url: string): Served {
  const file = join(cacheFolder(), 'plugin-keys.json')
  const keys = readKeys(file) ?? [makeKey()]
  writeKeys(file, keys)
  return publishCheckout(RELEASE, { url, keys, rollout: PluginRollout.parse({}) })
}
