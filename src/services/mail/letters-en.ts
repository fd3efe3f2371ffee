import type { LetterKind } from './kinds.ts'

/**
 * The words of a letter. The subject is fixed: nothing that anybody typed is ever in one. `{name}` in a line is replaced
 * by that parameter; a line whose parameter is missing is left out.
 */
export interface Letter {
  subject: string
  lines: readonly string[]
  /** The words of the link; none without. */
  action?: string
  /** Why the recipient gets this, and what to do if it surprises them. */
  why: string
}

const NOT_YOU = 'If it wasn’t you, reset your password now and end all sessions in your settings.'

export const LETTERS_EN: Record<LetterKind, Letter> = {
  verify_email: {
    subject: 'Confirm your e-mail address',
    lines: ['Please confirm that this address is yours. Until then IGNY8 sends you nothing else.'],
    action: 'Confirm the address',
    why: 'Somebody signed up for IGNY8 with this address. If it wasn’t you, ignore this e-mail.',
  },
  reset_password: {
    subject: 'Reset your password',
    lines: ['The link lets you choose a new password. It works once.'],
    action: 'Choose a new password',
    why: 'Somebody asked for this on the sign-in page. If it wasn’t you, ignore this e-mail: nothing has changed.',
  },
  password_changed: {
    subject: 'Your password was changed',
    lines: ['Your password was changed.', 'When: {when}', 'Device: {device}', 'Place: {place}'],
    action: 'Open your settings',
    why: NOT_YOU,
  },
  email_changing: {
    subject: 'Your e-mail address is about to change',
    lines: ['Somebody asked to change the address of your IGNY8 account.', 'New address: {new_email}', 'When: {when}'],
    action: 'Open your settings',
    why: NOT_YOU,
  },
  confirm_new_email: {
    subject: 'Confirm your new e-mail address',
    lines: ['Please confirm that this address is yours. It then becomes the address of your IGNY8 account.'],
    action: 'Confirm the new address',
    why: 'Somebody entered this address in the settings of IGNY8. If it wasn’t you, ignore this e-mail.',
  },
  email_changed: {
    subject: 'Your e-mail address was changed',
    lines: ['The address of your IGNY8 account was changed.', 'New address: {new_email}', 'When: {when}'],
    action: 'Open IGNY8',
    why: 'If it wasn’t you, answer to the support of IGNY8 at once.',
  },
  two_factor_changed: {
    subject: 'Your sign-in was changed',
    lines: ['The second factor of your sign-in was changed.', 'Change: {change}', 'When: {when}', 'Device: {device}'],
    action: 'Open your settings',
    why: NOT_YOU,
  },
  new_sign_in: {
    subject: 'New sign-in to your account',
    lines: ['Somebody signed in from a new device.', 'When: {when}', 'Device: {device}', 'Place: {place}'],
    action: 'See your sessions',
    why: NOT_YOU,
  },
  invitation: {
    subject: 'You are invited to IGNY8',
    lines: [
      '{inviter} invites you to work together in IGNY8.',
      'Account: {account}',
      'Role: {role}',
      'The invitation ends on {expires}. It works for this address alone.',
    ],
    action: 'Accept the invitation',
    why: 'Names in this e-mail were chosen by whoever sent the invitation. If you don’t know them, ignore it.',
  },
  sign_in_attempts: {
    subject: 'Wrong passwords were tried on your account',
    lines: [
      'Somebody tried wrong passwords for your account, from places where you have not signed in.',
      'Attempts in the last day: {count}',
      'Your devices are not slowed down by this. You are told at most once a day.',
    ],
    action: 'Open your settings',
    why: 'If your password is used anywhere else, change it. A second factor protects you even if it is guessed.',
  },
  deletion_scheduled: {
    subject: 'Deletion is scheduled',
    lines: [
      'A deletion was asked for in IGNY8.',
      'What: {what}',
      'It happens on {date}. Until then it can be stopped.',
    ],
    action: 'Stop the deletion',
    why: NOT_YOU,
  },
  deletion_cancelled: {
    subject: 'Deletion was stopped',
    lines: ['The deletion that was scheduled will not happen.', 'What: {what}'],
    action: 'Open IGNY8',
    why: NOT_YOU,
  },
  account_deleted: {
    subject: 'Your data was deleted',
    lines: ['What was scheduled for deletion is deleted. Nothing can bring it back.', 'What: {what}'],
    why: 'This is the last e-mail about it.',
  },
  account_suspended: {
    subject: 'Your account was suspended',
    lines: [
      'Whoever operates IGNY8 has suspended your account. Nothing of it was deleted.',
      'Account: {what}',
      'Reason: {reason}',
      'You can sign in, read and export everything. Nothing is synced with your sites meanwhile.',
    ],
    action: 'Open IGNY8',
    why: 'You own this account. If you think this is wrong, answer to the support of IGNY8.',
  },
  account_suspension_lifted: {
    subject: 'Your account works again',
    lines: ['Your account is no longer suspended. Your sites sync again within minutes.', 'Account: {what}'],
    action: 'Open IGNY8',
    why: 'You own this account.',
  },
  operator_granted: {
    subject: 'You operate IGNY8 now',
    lines: [
      'You were made an operator of this IGNY8 server: you see how it runs, and can suspend accounts.',
      'Since: {when} UTC',
      'Your sign-in needs a second factor for that.',
    ],
    action: 'Open your settings',
    why: 'Whoever runs the server did this. If it surprises you, tell them.',
  },
  operator_revoked: {
    subject: 'You no longer operate IGNY8',
    lines: ['You are no longer an operator of this IGNY8 server.', 'Since: {when} UTC'],
    action: 'Open your settings',
    why: 'Whoever runs the server did this. Your accounts stay as they are.',
  },
}
