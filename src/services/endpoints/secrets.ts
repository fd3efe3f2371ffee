import { openSecret, sealSecret, type KeyRing } from '../../lib/secrets.ts'

const rowOf = (endpointId: string) => `notification_endpoints/${endpointId}`

/** The columns that hold an endpoint's signing secrets, sealed for its row alone. */
export async function sealSecrets(ring: KeyRing, endpointId: string, secrets: string[]) {
  const sealed = await sealSecret(ring, JSON.stringify(secrets), rowOf(endpointId))
  return { secrets: sealed, sealedWith: ring.currentId }
}

/** Every secret that is stored, newest first. @throws Error as {@link openSecret} */
export async function openSecrets(ring: KeyRing, row: { id: string; secrets: string }): Promise<string[]> {
  return JSON.parse(await openSecret(ring, row.secrets, rowOf(row.id))) as string[]
}

interface Rotating {
  id: string
  secrets: string
  previousSecretUntil: Date | null
}

/** The secrets that messages are signed with now: the newest, and while it rotates the one before. */
export async function activeSecrets(ring: KeyRing, row: Rotating, now: number): Promise<string[]> {
  const secrets = await openSecrets(ring, row)
  return (row.previousSecretUntil?.getTime() ?? 0) > now ? secrets : secrets.slice(0, 1)
}
