/** Makes, signs and opens what the plugin is told about its releases. */
import { createHash } from 'node:crypto'
import {
  PLUGIN_MANIFEST_LABEL,
  PLUGIN_SLUG,
  PluginManifest,
  pluginPackagePath,
  type PluginRelease,
  SignedPluginManifest,
} from '../../src/contract/plugin-updates.ts'
import { readmeNotes } from '../release/notes.ts'
import { mainFile, type PluginFiles, textOf } from './files.ts'
import { idOfKey, type SigningKey, signText, verifyText } from './keys.ts'

const header = (text: string, name: string): string =>
  new RegExp(`^[ *]*${name}:[ \\t]*(\\S+)`, 'm').exec(text)?.[1] ?? ''

/** What the manifest says of a release. @param zip its bytes, as served */
export function describeRelease(files: PluginFiles, zip: Uint8Array, share: number): PluginRelease {
  const [main, readme] = [textOf(files, mainFile(PLUGIN_SLUG)), textOf(files, 'readme.txt')]
  const version = header(main, 'Version')
  return {
    version,
    requires: header(main, 'Requires at least'),
    requires_php: header(main, 'Requires PHP'),
    tested: header(readme, 'Tested up to'),
    package: pluginPackagePath(version),
    sha256: createHash('sha256').update(zip).digest('hex'),
    bytes: zip.length,
    share,
    changelog: readmeNotes(readme, version),
  }
}

/** Signs a manifest with all keys. @throws ZodError if it isn't as the contract says */
export function signManifest(manifest: PluginManifest, keys: SigningKey[]): SignedPluginManifest {
  const text = JSON.stringify(PluginManifest.parse(manifest))
  const signed = PLUGIN_MANIFEST_LABEL + text
  return { manifest: text, signatures: keys.map((key) => ({ key: key.id, signature: signText(key, signed) })) }
}

/**
 * The manifest in what a server serves; null if none of the keys signed it, or it is none.
 * @param publicKeys base64
 */
export function openManifest(served: SignedPluginManifest, publicKeys: string[]): PluginManifest | null {
  const isGood = served.signatures.some(({ key, signature }) =>
    publicKeys.some(
      (one) => idOfKey(one) === key && verifyText(one, PLUGIN_MANIFEST_LABEL + served.manifest, signature),
    ),
  )
  if (!isGood) return null
  try {
    return PluginManifest.safeParse(JSON.parse(served.manifest)).data ?? null
  } catch {
    return null
  }
}

/** A served document; null if the text is none, such as the web app's page. */
export function parseServed(text: string): SignedPluginManifest | null {
  try {
    return SignedPluginManifest.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
