/**
 * The plugin as wordpress.org takes it: under a slug without "wordpress", and without what updates it from elsewhere, which
 * the directory does itself. The text domain is the slug there.
 */
import { PLUGIN_SLUG } from '../../src/contract/plugin-updates.ts'
import { mainFile, type PluginFiles } from './files.ts'

export const DIRECTORY_SLUG = 'igny8-bridge'

/** Loaded where it is there (`Plugin.php`). */
const UPDATER = 'includes/Updates/'
const TEXT = /\.(?:php|txt|pot|po|js)$/
const DOMAIN = new RegExp(`'${PLUGIN_SLUG}'|(?<=Text Domain:\\s+|X-Domain: )${PLUGIN_SLUG}`, 'g')

const inDirectory = (text: string) =>
  text.replaceAll(DOMAIN, (found) => (found.startsWith("'") ? `'${DIRECTORY_SLUG}'` : DIRECTORY_SLUG))

const renamed = (path: string) =>
  path === mainFile(PLUGIN_SLUG)
    ? mainFile(DIRECTORY_SLUG)
    : path.replace(`languages/${PLUGIN_SLUG}`, `languages/${DIRECTORY_SLUG}`)

export function directoryEdition(files: PluginFiles): PluginFiles {
  const kept = [...files].filter(([path]) => !path.startsWith(UPDATER))
  return new Map(
    kept.map(([path, bytes]) => [
      renamed(path),
      TEXT.test(path) ? new TextEncoder().encode(inDirectory(new TextDecoder().decode(bytes))) : bytes,
    ]),
  )
}
