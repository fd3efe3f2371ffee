import { PACKING, PROTOCOL } from '../../../contract/link.ts'
import { toHex } from '../../../lib/hmac.ts'

/**
 * Packs a batch, so that it passes firewalls and limits that know nothing of what it carries. Rules against attacks
 * search bodies for HTML, SQL, paths and commands, which articles are full of; they take an apostrophe and a semicolon
 * for an injection. They also limit the size of a body and the number of its values. The plugin trusts a request for its
 * signature alone, and that covers the packed body.
 *
 * Hexadecimal digits, since base64 has characters that stricter rules count.
 */
export async function packBatch(json: string): Promise<string> {
  const zipped = new Blob([json]).stream().pipeThrough(new CompressionStream('gzip'))
  return JSON.stringify({ protocol: PROTOCOL, [PACKING]: toHex(await new Response(zipped).arrayBuffer()) })
}
