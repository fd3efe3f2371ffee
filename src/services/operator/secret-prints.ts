import type { SecretPrints } from '../../contract/operator.ts'
import { hmacSha256Hex } from '../../lib/hmac.ts'
import type { OperatorContext } from './backup-id.ts'

const printOf = async (secret: string) => (await hmacSha256Hex(secret, 'fingerprint of a backup')).slice(0, 16)

/** Fingerprints of the secrets that data depends on. */
export async function readSecretPrints({ config }: OperatorContext): Promise<SecretPrints> {
  const { apiKeyPepper, sessionSecret, keyRing } = config
  const secrets: [string, string][] = [
    ['API_KEY_PEPPER', apiKeyPepper],
    ['SESSION_SECRET', sessionSecret],
    ...Object.entries(keyRing.keys).map(([id, key]): [string, string] => [`ENCRYPTION_KEYS.${id}`, key]),
  ]
  return Object.fromEntries(
    await Promise.all(secrets.map(async ([name, value]) => [name, await printOf(value)] as const)),
  )
}

/** Secrets of a backup that this deployment lacks, or has another value of. It may have encryption keys besides. */
export async function differingSecrets(ctx: OperatorContext, theirs: SecretPrints): Promise<string[]> {
  const ours = await readSecretPrints(ctx)
  return Object.keys(theirs).filter((name) => ours[name] !== theirs[name])
}
