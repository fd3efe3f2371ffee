/**
 * A plugin as one server serves it: with the server's address in it, so that it never talks to another one, and with the
 * public keys of those who may update it.
 */
import { PLUGIN_MANIFEST_PATH, PLUGIN_SLUG } from '../../src/contract/plugin-updates.ts'
import { phpString } from '../wordpress/config.ts'
import { mainFile, type PluginFiles, textOf } from './files.ts'

/** Read by the plugin's class `Carried_Server`. */
const SERVER_FILE = 'server.php'
const READS_SERVER_FILE = 'includes/Support/Carried_Server.php'
const GUARD = "defined( 'ABSPATH' ) || exit;\n"
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

${GUARD}
return [
	'api_url'     => ${phpString(url)},
	'update_keys' => [ ${updateKeys.map(phpString).join(', ')} ],
];
`

/** Releases before the server file take the address from a constant; that of wp-config.php still comes first. */
const defineAddress = (url: string) =>
  `${GUARD}\ndefined( 'IGNY8_API_URL' ) || define( 'IGNY8_API_URL', ${phpString(url)} );\n`

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
  const isOlder = !files.has(READS_SERVER_FILE)
  const bound = isOlder ? withHeader.replace(GUARD, () => defineAddress(server.url)) : withHeader
  if (withHeader === main || (isOlder && bound === withHeader)) throw new Error(`${path} has no place for the server`)
  const encoder = new TextEncoder()
  const added: [string, Uint8Array][] = isOlder ? [] : [[SERVER_FILE, encoder.encode(serverFile(server))]]
  return new Map([...files, [path, encoder.encode(bound)], ...added])
}
