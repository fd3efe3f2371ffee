import * as z from 'zod'
import { PasskeyId, PlainText, SessionId, Timestamp } from './common.ts'
import { CurrentPassword, Email, NewPassword, User } from './people.ts'

/** The name of a challenge: a cookie's value, as the API has made it. */
const Challenge = z.lazy(() =>
  z
    .string()
    .min(1)
    .max(500)
    .regex(/^[\w.%+/=-]+$/),
)

/** A token of a mailed link. */
const LinkToken = z.lazy(() => z.string().min(1).max(200))

/** A person, and how they sign in. */
export const Profile = z.lazy(() =>
  z
    .object({
      user: User,
      new_email: z.string().nullable().meta({ description: 'An address that waits for its confirmation' }),
      totp: z.boolean().meta({ description: 'Whether an authenticator app is set up' }),
      recovery_codes_left: z.number().int().nullable(),
      second_factor: z.boolean().meta({ description: 'Whether this session was opened with a second factor' }),
      confirmed_until: Timestamp.nullable().meta({
        description: 'Until when sensitive changes are allowed without the password; null if they are not',
      }),
    })
    .meta({ id: 'Profile' }),
)
export type Profile = z.infer<typeof Profile>

export const ProfileUpdate = z.lazy(() => z.object({ name: PlainText }).meta({ id: 'ProfileUpdate' }))
export type ProfileUpdate = z.infer<typeof ProfileUpdate>

export const EmailChange = z.lazy(() => z.object({ email: Email }).meta({ id: 'EmailChange' }))
export type EmailChange = z.infer<typeof EmailChange>

export const EmailVerification = z.lazy(() => z.object({ token: LinkToken }).meta({ id: 'EmailVerification' }))
export type EmailVerification = z.infer<typeof EmailVerification>

export const VerifiedEmail = z.lazy(() => z.object({ email: z.string() }).meta({ id: 'VerifiedEmail' }))
export type VerifiedEmail = z.infer<typeof VerifiedEmail>

export const ForgotPassword = z.lazy(() => z.object({ email: Email }).meta({ id: 'ForgotPassword' }))
export type ForgotPassword = z.infer<typeof ForgotPassword>

export const ResetPassword = z.lazy(() =>
  z.object({ token: LinkToken, password: NewPassword }).meta({ id: 'ResetPassword' }),
)
export type ResetPassword = z.infer<typeof ResetPassword>

export const PasswordChange = z.lazy(() =>
  z.object({ current_password: CurrentPassword, new_password: NewPassword }).meta({ id: 'PasswordChange' }),
)
export type PasswordChange = z.infer<typeof PasswordChange>

/** The person's password, for a change that needs it. */
export const PasswordConfirmation = z.lazy(() =>
  z.object({ password: CurrentPassword }).meta({ id: 'PasswordConfirmation' }),
)
export type PasswordConfirmation = z.infer<typeof PasswordConfirmation>

export const Confirmed = z.lazy(() => z.object({ confirmed_until: Timestamp }).meta({ id: 'Confirmed' }))
export type Confirmed = z.infer<typeof Confirmed>

/** A session of the person, as they recognise it. */
export const SessionInfo = z.lazy(() =>
  z
    .object({
      id: SessionId,
      current: z.boolean(),
      browser: z.string().nullable().meta({ example: 'Firefox' }),
      system: z.string().nullable().meta({ example: 'Windows' }),
      country: z.string().nullable().meta({ description: 'ISO 3166-1 alpha-2', example: 'DE' }),
      city: z.string().nullable(),
      ip_address: z.string().nullable(),
      second_factor: z.boolean(),
      created_at: Timestamp,
      expires_at: Timestamp,
    })
    .meta({ id: 'SessionInfo' }),
)
export type SessionInfo = z.infer<typeof SessionInfo>

/** A new authenticator app. It counts once its first code was right. */
export const TotpSetup = z.lazy(() =>
  z
    .object({
      uri: z.string().meta({ description: 'otpauth:// address, for a QR code' }),
      secret: z.string().meta({ description: 'The same secret, to be typed' }),
      recovery_codes: z.array(z.string()),
    })
    .meta({ id: 'TotpSetup' }),
)
export type TotpSetup = z.infer<typeof TotpSetup>

const Code = z.lazy(() => z.string().trim().min(1).max(20))

export const TotpCode = z.lazy(() => z.object({ code: Code }).meta({ id: 'TotpCode' }))
export type TotpCode = z.infer<typeof TotpCode>

export const RecoveryCodes = z.lazy(() =>
  z.object({ recovery_codes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' }),
)
export type RecoveryCodes = z.infer<typeof RecoveryCodes>

export const SecondStepCode = z.lazy(() =>
  z
    .object({
      challenge: Challenge,
      method: z.enum(['totp', 'recovery_code']),
      code: Code,
    })
    .meta({ id: 'SecondStepCode' }),
)
export type SecondStepCode = z.infer<typeof SecondStepCode>

export const Passkey = z.lazy(() =>
  z
    .object({
      id: PasskeyId,
      name: z.string(),
      synced: z.boolean().meta({ description: 'Whether the passkey is on several devices' }),
      created_at: Timestamp,
    })
    .meta({ id: 'Passkey' }),
)
export type Passkey = z.infer<typeof Passkey>

export const PasskeyUpdate = z.lazy(() => z.object({ name: PlainText }).meta({ id: 'PasskeyUpdate' }))
export type PasskeyUpdate = z.infer<typeof PasskeyUpdate>

/** What `navigator.credentials` takes, as in WebAuthn’s JSON; and the challenge’s name, to be sent back within five minutes. */
export const PasskeyOptions = z.lazy(() =>
  z.object({ challenge: z.string(), options: z.record(z.string(), z.unknown()) }).meta({ id: 'PasskeyOptions' }),
)
export type PasskeyOptions = z.infer<typeof PasskeyOptions>

const Base64Url = z.lazy(() =>
  z
    .string()
    .max(20_000)
    .regex(/^[\w-]+$/),
)

/** A credential as `PublicKeyCredential.toJSON()` gives it. */
const credentialOf = <T extends z.ZodType>(response: T) =>
  z.object({
    id: Base64Url,
    rawId: Base64Url,
    type: z.literal('public-key'),
    response,
    clientExtensionResults: z.object({}).default({}),
  })

const NewCredential = z.lazy(() =>
  credentialOf(
    z.object({
      clientDataJSON: Base64Url,
      attestationObject: Base64Url,
      transports: z
        .array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']))
        .max(10)
        .default([]),
    }),
  ).meta({ id: 'NewCredential' }),
)

const KnownCredential = z.lazy(() =>
  credentialOf(z.object({ clientDataJSON: Base64Url, authenticatorData: Base64Url, signature: Base64Url })).meta({
    id: 'KnownCredential',
  }),
)

export const PasskeySignIn = z.lazy(() =>
  z.object({ challenge: Challenge, credential: KnownCredential }).meta({ id: 'PasskeySignIn' }),
)
export type PasskeySignIn = z.infer<typeof PasskeySignIn>

export const PasskeyCreate = z.lazy(() =>
  z.object({ name: PlainText, challenge: Challenge, credential: NewCredential }).meta({ id: 'PasskeyCreate' }),
)
export type PasskeyCreate = z.infer<typeof PasskeyCreate>
