import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from '../../../scripts/lib/paths.ts'
import { bindToServer } from '../../../scripts/plugin/bind.ts'
import { mainFile, type PluginFiles, readSource, textOf } from '../../../scripts/plugin/files.ts'
import { makeKey, publicKeysOf } from '../../../scripts/plugin/keys.ts'
import { publish, readKept, writeServed } from '../../../scripts/plugin/publish.ts'
import { PLUGIN_SLUG, type PluginRollout } from '../../../src/contract/plugin-updates.ts'
import { RELEASE } from '../../../src/contract/release.ts'

/** The plugin of this checkout, released as another version. */
export function releasedAs(version: string): PluginFiles {
  const source = readSource()
  const main = textOf(source, mainFile(PLUGIN_SLUG)).replaceAll(RELEASE, version)
  return new Map([...source, [mainFile(PLUGIN_SLUG), new TextEncoder().encode(main)]])
}

/** The newest plugin that was kept. */
export function keptPlugin(): PluginFiles {
  const [newest] = readKept('9999.0.0')
  if (!newest) throw new Error('no release was kept')
  return newest
}

/** What a server serves of the plugin; tests change it, and start the API again. */
export class PluginServer {
  readonly keys = [makeKey()]
  readonly assets = temporaryFolder('assets')
  releases: PluginFiles[] = []
  rollout: PluginRollout = { share: 100, withdrawn: {} }
  /** Serves other zips than were signed. */
  isTampered = false
  #serial = 0

  /** For `startWorld`. */
  readonly publish = (url: string): string => {
    // two changes within a second get two serials
    const now = new Date(Date.now() + 1_000 * this.#serial++)
    const { keys, rollout } = this
    const served = new Map(publish(this.releases, { url, keys, rollout, now }))
    if (this.isTampered) for (const [path, bytes] of served) if (path.endsWith('.zip')) served.set(path, bytes.slice(1))
    writeServed(this.assets, served)
    return this.assets
  }

  /** A folder with a plugin as a person has it who downloaded it from here. */
  unpacked(files: PluginFiles, url: string): string {
    const folder = join(temporaryFolder('plugin'), PLUGIN_SLUG)
    for (const [path, bytes] of bindToServer(files, { url, updateKeys: publicKeysOf(this.keys) })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), bytes)
    }
    return folder
  }
}
