import type { api } from './api.ts'

type Sent<P extends '/auth/sign-in/passkey' | '/me/passkeys'> = P extends '/me/passkeys'
  ? Parameters<typeof api.POST<'/me/passkeys'>>[1]
  : Parameters<typeof api.POST<'/auth/sign-in/passkey'>>[1]

type KnownCredential = NonNullable<Sent<'/auth/sign-in/passkey'>>['body']['credential']
type NewCredential = NonNullable<Sent<'/me/passkeys'>>['body']['credential']

/** Whether this browser has passkeys and speaks WebAuthn's JSON, as all have since 2025. */
export const hasPasskeys = (): boolean =>
  'PublicKeyCredential' in globalThis && 'parseRequestOptionsFromJSON' in PublicKeyCredential

/** The person closed the browser's own dialog, or it ran out of time. */
export class PasskeyCancelled extends Error {
  override readonly name = 'PasskeyCancelled'
}

async function ask(work: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await work()
    if (credential instanceof PublicKeyCredential) return credential
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
  throw new PasskeyCancelled()
}

/** Signs in with a passkey that the person chooses. @throws PasskeyCancelled */
export async function getPasskey(options: Record<string, unknown>): Promise<KnownCredential> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  )
  return (await ask(() => navigator.credentials.get({ publicKey }))).toJSON() as unknown as KnownCredential
}

/** Makes a passkey on a device that the person chooses. @throws PasskeyCancelled */
export async function makePasskey(options: Record<string, unknown>): Promise<NewCredential> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  )
  return (await ask(() => navigator.credentials.create({ publicKey }))).toJSON() as unknown as NewCredential
}
