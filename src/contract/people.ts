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

const Email = z.lazy(() => z.email().max(254).meta({ example: 'editor@example.com' }))
const Password = z.lazy(() => z.string().min(8).max(128).meta({ description: '8 to 128 characters' }))

export const SignUp = z.lazy(() =>
  z
    .object({ name: PlainText, email: Email, password: Password, account_name: PlainText.optional() })
    .meta({ id: 'SignUp' }),
)
export type SignUp = z.infer<typeof SignUp>

export const SignIn = z.lazy(() =>
  z.object({ email: Email, password: z.string().min(1).max(128) }).meta({ id: 'SignIn' }),
)
export type SignIn = z.infer<typeof SignIn>

export const User = z.lazy(() =>
  z.object({ id: UserId, name: z.string(), email: z.string(), created_at: Timestamp }).meta({ id: 'User' }),
)
export type User = z.infer<typeof User>

export const Account = z.lazy(() => z.object({ id: AccountId, name: z.string(), role: Role }).meta({ id: 'Account' }))
export type Account = z.infer<typeof Account>

/** A new session. Send the token, which no other answer contains, as `Authorization: Bearer`. Browsers also get a cookie. */
export const SignedIn = z.lazy(() => z.object({ token: z.string(), user: User }).meta({ id: 'SignedIn' }))
export type SignedIn = z.infer<typeof SignedIn>

/** Ways to sign in besides e-mail and password. */
export const AuthOptions = z.lazy(() =>
  z
    .object({ demo: z.boolean().meta({ description: 'Whether `sign-in/demo` works, as with `npm start`' }) })
    .meta({ id: 'AuthOptions' }),
)
export type AuthOptions = z.infer<typeof AuthOptions>

export const Session = z.lazy(() =>
  z.object({ user: User, accounts: z.array(Account), account: Account, expires_at: Timestamp }).meta({ id: 'Session' }),
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
