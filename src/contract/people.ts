import * as z from 'zod'
import { AccountId, PlainText, Timestamp, UserId } from './common.ts'

/** Roles in an account, weakest first. */
export const ROLES = ['viewer', 'editor', 'admin', 'owner'] as const
export const Role = z.lazy(() => z.enum(ROLES).meta({ id: 'Role' }))
export type Role = z.infer<typeof Role>

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

export const InvitationCreate = z.lazy(() =>
  z.object({ email: Email, role: Role.unwrap().exclude(['owner']) }).meta({ id: 'InvitationCreate' }),
)
export type InvitationCreate = z.infer<typeof InvitationCreate>

/** A new invitation. Its token is shown once; give it to the invited person. It only works for their e-mail address. */
export const Invitation = z.lazy(() =>
  z.object({ email: z.string(), role: Role, token: z.string(), expires_at: Timestamp }).meta({ id: 'Invitation' }),
)
export type Invitation = z.infer<typeof Invitation>

export const InvitationAccept = z.lazy(() =>
  z.object({ token: z.string().min(1).max(200) }).meta({ id: 'InvitationAccept' }),
)
export type InvitationAccept = z.infer<typeof InvitationAccept>

export const MemberUpdate = z.lazy(() => z.object({ role: Role }).meta({ id: 'MemberUpdate' }))
export type MemberUpdate = z.infer<typeof MemberUpdate>
