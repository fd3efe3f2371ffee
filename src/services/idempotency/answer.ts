import * as z from 'zod'
import { openSecret, sealSecret, type KeyRing } from '../../lib/secrets.ts'

/** An answer as it is replayed: status and JSON text, empty for 204. */
const StoredAnswer = z.lazy(() => z.object({ status: z.number().int(), body: z.string() }))
export type StoredAnswer = z.infer<typeof StoredAnswer>

const rowOf = (id: string) => `idempotency_keys/${id}`

/** Sealed, since some answers hold a key that is shown once. */
export const sealAnswer = (ring: KeyRing, id: string, answer: StoredAnswer) =>
  sealSecret(ring, JSON.stringify(answer), rowOf(id))

export async function openAnswer(ring: KeyRing, id: string, sealed: string): Promise<StoredAnswer> {
  return StoredAnswer.parse(JSON.parse(await openSecret(ring, sealed, rowOf(id))))
}
