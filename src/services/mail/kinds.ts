/**
 * The kinds of mail, and what each is to its recipient. *Security* mail is about the recipient's own account or address:
 * nobody can leave it, because it is how an owner learns of a stranger. *Notices* are asked for, and *invitations* are
 * somebody else's idea: both can be left by one click.
 */

/** Mails whose whole text is ours, with some words put in. */
export const LETTER_KINDS = [
  'verify_email',
  'reset_password',
  'password_changed',
  'email_changing',
  'confirm_new_email',
  'email_changed',
  'two_factor_changed',
  'new_sign_in',
  'invitation',
  'sign_in_attempts',
  'deletion_scheduled',
  'deletion_cancelled',
  'account_deleted',
  'account_suspended',
  'account_suspension_lifted',
  'operator_granted',
  'operator_revoked',
] as const
export type LetterKind = (typeof LETTER_KINDS)[number]

/** Mails made of what has happened to connections and endpoints. */
export type NoticeKind = 'connection_changed' | 'endpoint_failing'

export type MailKind = LetterKind | NoticeKind

/** The languages of our mails. */
export const MAIL_LOCALES = ['en', 'de'] as const
export type MailLocale = (typeof MAIL_LOCALES)[number]
