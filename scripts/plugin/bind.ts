/**
 * A plugin as one server serves it: with the server's address in it, so that it never talks to another one, and with the
 * public keys of those who may update it.
 */
import { PLUGIN_MANIFEST_PATH, PLUGIN_SLUG } from '../../src/contract/plugin-updates.ts'
import { phpString } from '../wordpress/config.ts'
import { mainFile, type PluginFiles, textOf } from './files.ts'

/** Read by the plugin's class `Carried_Server`. */
const SERVER_FILE = 'server.php'
const LAST_HEADER = /^( \* Domain Path:.*)$/m

export interface ServerBinding {
  /** Without a trailing slash. */
  url: string
  /** Public Ed25519 keys, base64. */
  updateKeys: string[]
}

const serverFile = ({ url, updateKeys }: ServerBinding) => `<?php
// Written by the server that this plugin was downloaded from.

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

return [
	'api_url'     => ${phpString(url)},
	'update_keys' => [ ${updateKeys.map(phpString).join(', ')} ],
];
`

/**
 * Adds address, keys and the header `Update URI`, by which WordPress asks the plugin and not wordpress.org for updates.
 * @throws Error if the main file is not as expected
 */
export function bindToServer(files: PluginFiles, server: ServerBinding): PluginFiles {
  const path = mainFile(PLUGIN_SLUG)
  const main = textOf(files, path)
  const withHeader = main.replace(
    LAST_HEADER,
    (line) => `${line}\n * Update URI:        ${server.url}${PLUGIN_MANIFEST_PATH}`,
  )
  if (withHeader === main) throw new Error(`${path} has no place for the server`)
  const encode = (text: string) => new TextEncoder().encode(text)
  return new Map([...files, [path, encode(withHeader)], [SERVER_FILE, encode(serverFile(server))]])
}
