import type { Config } from '../../config.ts'
import { hmacSha256Hex } from '../../lib/hmac.ts'

/**
 * An address as the tables of limits and suppressions have it: a keyed hash, since most of these people never asked to be
 * in a database of ours. The pepper is not in the database, so the table alone can't be searched for an address.
 */
export const addressKey = ({ apiKeyPepper }: Pick<Config, 'apiKeyPepper'>, address: string) =>
  hmacSha256Hex(apiKeyPepper, `mail-address:${address.trim().toLowerCase()}`)
