import * as z from 'zod'
import { AccountId, PlainText, prefixedId, Timestamp, UserId } from './common.ts'
import { DeliveryError } from './notifications.ts'

/** Roles in an account, weakest first. */
export const ROLES = ['viewer', 'editor', 'admin', 'owner'] as const
export const Role = z.lazy(() => z.enum(ROLES).meta({ id: 'Role' }))
export type Role = z.infer<typeof Role>

/** Languages of mails and of the app. */
export const LOCALES = ['en', 'de'] as const
export type Locale = (typeof LOCALES)[number]

export const Email = z.lazy(() => z.email().max(254).meta({ example: 'editor@example.com' }))

/** The length of new passwords. Older ones may be shorter. */
export const PASSWORD_LENGTH = { min: 10, max: 128 } as const

/** A new password. The service also refuses common ones, and the person's own name and e-mail address. */
export const NewPassword = z.lazy(() =>
  z.string().min(PASSWORD_LENGTH.min).max(PASSWORD_LENGTH.max).meta({
    description: '10 to 128 characters; not one of the common passwords, not your name or e-mail address',
    example: 'correct horse battery',
  }),
)

/** A password that exists, however long it is. */
export const CurrentPassword = z.lazy(() => z.string().min(1).max(PASSWORD_LENGTH.max))

export const SignUp = z.lazy(() =>
  z
    .object({ name: PlainText, email: Email, password: NewPassword, account_name: PlainText.optional() })
    .meta({ id: 'SignUp' }),
)
export type SignUp = z.infer<typeof SignUp>

export const SignIn = z.lazy(() => z.object({ email: Email, password: CurrentPassword }).meta({ id: 'SignIn' }))
export type SignIn = z.infer<typeof SignIn>

export const User = z.lazy(() =>
  z
    .object({
      id: UserId,
      name: z.string(),
      email: z.string(),
      email_verified: z.boolean().meta({ description: 'Until then the person gets no e-mail and can’t invite' }),
      created_at: Timestamp,
    })
    .meta({ id: 'User' }),
)
export type User = z.infer<typeof User>

export const Account = z.lazy(() => z.object({ id: AccountId, name: z.string(), role: Role }).meta({ id: 'Account' }))
export type Account = z.infer<typeof Account>

/** The account that the request acts in, with its settings. */
export const AccountSettings = z.lazy(() =>
  z
    .object({
      id: AccountId,
      name: z.string(),
      require_two_factor: z.boolean().meta({ description: 'Whether members can act only after a second factor' }),
      created_at: Timestamp,
    })
    .meta({ id: 'AccountSettings' }),
)
export type AccountSettings = z.infer<typeof AccountSettings>

/** A new account, for a person who is in none. */
export const AccountCreate = z.lazy(() => z.object({ name: PlainText }).meta({ id: 'AccountCreate' }))
export type AccountCreate = z.infer<typeof AccountCreate>

export const AccountUpdate = z.lazy(() =>
  z.object({ name: PlainText.optional(), require_two_factor: z.boolean().optional() }).meta({ id: 'AccountUpdate' }),
)
export type AccountUpdate = z.infer<typeof AccountUpdate>

/** A new session. Send the token, which no other answer contains, as `Authorization: Bearer`. Browsers also get a cookie. */
export const SignedIn = z.lazy(() => z.object({ token: z.string(), user: User }).meta({ id: 'SignedIn' }))
export type SignedIn = z.infer<typeof SignedIn>

/** The password was right; a code is needed, too. Send `challenge` with it within ten minutes, at most five times. */
export const SecondStep = z.lazy(() =>
  z
    .object({ second_step: z.object({ challenge: z.string(), methods: z.array(z.enum(['totp', 'recovery_code'])) }) })
    .meta({ id: 'SecondStep' }),
)
export type SecondStep = z.infer<typeof SecondStep>

export const SignInAnswer = z.lazy(() => z.union([SignedIn, SecondStep]))
export type SignInAnswer = z.infer<typeof SignInAnswer>

/** Ways to sign in besides e-mail and password. */
export const AuthOptions = z.lazy(() =>
  z
    .object({ demo: z.boolean().meta({ description: 'Whether `sign-in/demo` works, as with `npm start`' }) })
    .meta({ id: 'AuthOptions' }),
)
export type AuthOptions = z.infer<typeof AuthOptions>

export const Session = z.lazy(() =>
  z
    .object({
      user: User,
      accounts: z.array(Account),
      account: Account,
      two_factor_missing: z.boolean().meta({
        description: 'Whether the account requires a second factor that this session lacks: its routes answer 403',
      }),
      expires_at: Timestamp,
      sends_mail: z
        .boolean()
        .meta({ description: 'Whether the server sends e-mail: else nobody can verify an address' }),
      suspension: z
        .object({ since: Timestamp, reason: z.string() })
        .nullable()
        .meta({ description: 'Why the account is suspended, and since when: it can be read and exported alone' }),
      is_operator: z.boolean().meta({ description: 'Whether the person operates the deployment' }),
    })
    .meta({ id: 'Session' }),
)
export type Session = z.infer<typeof Session>

export const Member = z.lazy(() =>
  z
    .object({ user_id: UserId, name: z.string(), email: z.string(), role: Role, created_at: Timestamp })
    .meta({ id: 'Member' }),
)
export type Member = z.infer<typeof Member>

export const InvitationId = prefixedId('inv', 'an invitation')

export const InvitationCreate = z.lazy(() =>
  z.object({ email: Email, role: Role.unwrap().exclude(['owner']) }).meta({ id: 'InvitationCreate' }),
)
export type InvitationCreate = z.infer<typeof InvitationCreate>

/** Whether an invitation was mailed: `link_shown` where the server has no e-mail. */
const InvitationMail = z.lazy(() => z.enum(['sent', 'not_sent', 'link_shown']))

export const Invitation = z.lazy(() =>
  z
    .object({
      id: InvitationId,
      email: z.string(),
      role: Role,
      invited_by: z.string().nullable().meta({ description: 'Name of who sent it; null if they have left' }),
      mail: InvitationMail,
      mail_error: DeliveryError.nullable().meta({ description: 'Why the mail was not sent' }),
      created_at: Timestamp,
      expires_at: Timestamp,
    })
    .meta({ id: 'Invitation' }),
)
export type Invitation = z.infer<typeof Invitation>

/**
 * An invitation just sent. `token` is null where it was mailed: whoever has it has shown that they read the address's mail.
 * Where the server has no e-mail, it is shown once, to be handed over.
 */
export const InvitationSent = z.lazy(() =>
  Invitation.unwrap().extend({ token: z.string().nullable() }).meta({ id: 'InvitationSent' }),
)
export type InvitationSent = z.infer<typeof InvitationSent>

export const InvitationAccept = z.lazy(() =>
  z.object({ token: z.string().min(1).max(200) }).meta({ id: 'InvitationAccept' }),
)
export type InvitationAccept = z.infer<typeof InvitationAccept>

export const MemberUpdate = z.lazy(() => z.object({ role: Role }).meta({ id: 'MemberUpdate' }))
export type MemberUpdate = z.infer<typeof MemberUpdate>
