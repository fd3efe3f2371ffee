import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { DeliveryErrorCode } from '../../contract/notifications.ts'
import { LOCALES, ROLES } from '../../contract/people.ts'
import { timestampMs } from './columns.ts'

/** Tenants. */
export const accounts = sqliteTable(
  'accounts',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    /** Whether members need a session with a second factor to act in this account. */
    requireTwoFactor: integer('require_two_factor', { mode: 'boolean' }).notNull().default(false),
    createdAt: timestampMs('created_at').notNull(),
    /** Binding of the event database that has the account's events and deliveries; null: `EVENTS`. */
    eventsShard: text('events_shard'),
    /** While the account is moved: the binding it moves to, how far that is, and since when. */
    eventsTarget: text('events_target'),
    eventsPhase: text('events_phase', { enum: ['reading', 'writing'] }),
    eventsPhaseAt: timestampMs('events_phase_at'),
    /** When messages about connections were sent within the last hour: JSON array of milliseconds; null: none yet. */
    notifiedAt: text('notified_at'),
    /** Since when an operator has suspended the account; null: it isn't suspended. */
    suspendedAt: timestampMs('suspended_at'),
    /** What its people are told about that. */
    suspensionReason: text('suspension_reason'),
    /** How far its sites are: all have to be told, some at a time (services/suspension/). */
    suspension: text('suspension', { enum: ['stopping', 'stopped', 'lifting'] }),
  },
  (table) => [
    // accounts that are being moved
    index('accounts_moving')
      .on(table.eventsTarget)
      .where(sql`events_target IS NOT NULL`),
    // accounts that are suspended, or whose sites are being told
    index('accounts_by_suspension')
      .on(table.suspension)
      .where(sql`suspension IS NOT NULL`),
  ],
)

/** People. better-auth reads and writes this table and the next five, under its own model names. */
export const users = sqliteTable('users', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: integer('email_verified', { mode: 'boolean' }).notNull().default(false),
  image: text('image'),
  /** Whether signing in with the password asks for a code. */
  twoFactorEnabled: integer('two_factor_enabled', { mode: 'boolean' }).notNull().default(false),
  isActive: integer('is_active', { mode: 'boolean' }).notNull().default(true),
  /** The language of mails; null: not known. */
  locale: text('locale', { enum: LOCALES }),
  createdAt: timestampMs('created_at').notNull(),
  updatedAt: timestampMs('updated_at').notNull(),
})

/** `token` is no credential by itself: cookies and Bearer tokens have its signature by SESSION_SECRET, too. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    token: text('token').notNull().unique(),
    userId: text('user_id').notNull(),
    expiresAt: timestampMs('expires_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    /** Where the sign-in came from, as Cloudflare says: ISO 3166-1 alpha-2, and a city's name. */
    country: text('country'),
    city: text('city'),
    /** Whether a code, a recovery code or a passkey was part of the sign-in. */
    secondFactor: integer('second_factor', { mode: 'boolean' }).notNull().default(false),
    /** When the person last typed their password again in this session. */
    confirmedAt: timestampMs('confirmed_at'),
    createdAt: timestampMs('created_at').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (table) => [
    // ending all sessions of a person
    index('sessions_by_user').on(table.userId),
    // pruning
    index('sessions_by_expiry').on(table.expiresAt),
  ],
)

/** better-auth's `account`: a person's way to sign in. */
export const userCredentials = sqliteTable(
  'user_credentials',
  {
    id: text('id').primaryKey(),
    accountId: text('provider_account_id').notNull(),
    providerId: text('provider_id').notNull(),
    userId: text('user_id').notNull(),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: timestampMs('access_token_expires_at'),
    refreshTokenExpiresAt: timestampMs('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: timestampMs('created_at').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  // sign-in: a person's password
  (table) => [index('user_credentials_by_user').on(table.userId)],
)

export const verifications = sqliteTable(
  'verifications',
  {
    id: text('id').primaryKey(),
    identifier: text('identifier').notNull(),
    value: text('value').notNull(),
    expiresAt: timestampMs('expires_at').notNull(),
    createdAt: timestampMs('created_at').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (table) => [
    // lookup by identifier
    index('verifications_by_identifier').on(table.identifier),
    // pruning
    index('verifications_by_expiry').on(table.expiresAt),
    // deletion of a person, where the value is their id
    index('verifications_by_person')
      .on(table.value)
      .where(sql`value GLOB 'usr_*'`),
  ],
)

/** A person's authenticator app. better-auth encrypts the secret and the recovery codes with SESSION_SECRET. */
export const twoFactors = sqliteTable('two_factors', {
  id: text('id').primaryKey(),
  userId: text('user_id').notNull().unique(),
  secret: text('secret').notNull(),
  backupCodes: text('backup_codes').notNull(),
  /** False until the first code was right. */
  verified: integer('verified', { mode: 'boolean' }).notNull().default(false),
  failedVerificationCount: integer('failed_verification_count').notNull().default(0),
  lockedUntil: timestampMs('locked_until'),
})

/** A person's passkeys: public keys only. */
export const passkeys = sqliteTable(
  'passkeys',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    name: text('name'),
    credentialID: text('credential_id').notNull().unique(),
    publicKey: text('public_key').notNull(),
    counter: integer('counter').notNull(),
    deviceType: text('device_type').notNull(),
    backedUp: integer('backed_up', { mode: 'boolean' }).notNull(),
    transports: text('transports'),
    aaguid: text('aaguid'),
    createdAt: timestampMs('created_at').notNull(),
  },
  // a person's list
  (table) => [index('passkeys_by_user').on(table.userId)],
)

/** A person's role in an account. */
export const memberships = sqliteTable(
  'memberships',
  {
    accountId: text('account_id').notNull(),
    userId: text('user_id').notNull(),
    role: text('role', { enum: ROLES }).notNull(),
    /** Whether the person gets e-mail about connections; null: their role decides. */
    notifyEmail: integer('notify_email', { mode: 'boolean' }),
    createdAt: timestampMs('created_at').notNull(),
    /** When the deletion of the account was asked for of which the person has been told; null if they know of none. */
    toldOf: timestampMs('told_of'),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.userId] }),
    // every request of a person loads their memberships
    index('memberships_by_user').on(table.userId),
  ],
)

/** Invitations into an account. Stores only the token's hash. */
export const invitations = sqliteTable(
  'invitations',
  {
    tokenHash: text('token_hash').primaryKey(),
    accountId: text('account_id').notNull(),
    /** Lower case, as in `users`. */
    email: text('email').notNull(),
    role: text('role', { enum: ROLES }).notNull(),
    /** Names it in lists. Null for those of the release before, which are named by their hash. */
    id: text('id'),
    invitedBy: text('invited_by'),
    /** Null: not mailed, the inviter got the link. `sent`, or why the mail was not sent. */
    mailStatus: text('mail_status').$type<'sent' | DeliveryErrorCode>(),
    expiresAt: timestampMs('expires_at').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (table) => [
    // a new invitation replaces the address's older one
    index('invitations_by_account').on(table.accountId, table.email),
    // pruning
    index('invitations_by_expiry').on(table.expiresAt),
    // deletion of a person
    index('invitations_by_email').on(table.email),
  ],
)
