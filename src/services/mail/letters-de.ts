import type { LetterKind } from './kinds.ts'
import type { Letter } from './letters-en.ts'

const NOT_YOU =
  'Wenn Sie das nicht waren, setzen Sie jetzt Ihr Passwort zurück und beenden Sie in den Einstellungen alle Sitzungen.'

export const LETTERS_DE: Record<LetterKind, Letter> = {
  verify_email: {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    lines: ['Bitte bestätigen Sie, dass diese Adresse Ihnen gehört. Bis dahin schickt IGNY8 Ihnen nichts anderes.'],
    action: 'Adresse bestätigen',
    why: 'Jemand hat sich mit dieser Adresse bei IGNY8 registriert. Waren Sie es nicht, ignorieren Sie diese E-Mail.',
  },
  reset_password: {
    subject: 'Setzen Sie Ihr Passwort zurück',
    lines: ['Über den Link wählen Sie ein neues Passwort. Er funktioniert einmal.'],
    action: 'Neues Passwort wählen',
    why: 'Jemand hat das auf der Anmeldeseite verlangt. Waren Sie es nicht, ignorieren Sie diese E-Mail: Nichts ist geändert.',
  },
  password_changed: {
    subject: 'Ihr Passwort wurde geändert',
    lines: ['Ihr Passwort wurde geändert.', 'Wann: {when}', 'Gerät: {device}', 'Ort: {place}'],
    action: 'Einstellungen öffnen',
    why: NOT_YOU,
  },
  email_changing: {
    subject: 'Ihre E-Mail-Adresse soll geändert werden',
    lines: ['Jemand möchte die Adresse Ihres IGNY8-Zugangs ändern.', 'Neue Adresse: {new_email}', 'Wann: {when}'],
    action: 'Einstellungen öffnen',
    why: NOT_YOU,
  },
  confirm_new_email: {
    subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    lines: ['Bitte bestätigen Sie, dass diese Adresse Ihnen gehört. Dann wird sie die Adresse Ihres IGNY8-Zugangs.'],
    action: 'Neue Adresse bestätigen',
    why: 'Jemand hat diese Adresse in den Einstellungen von IGNY8 eingetragen. Waren Sie es nicht, ignorieren Sie diese E-Mail.',
  },
  email_changed: {
    subject: 'Ihre E-Mail-Adresse wurde geändert',
    lines: ['Die Adresse Ihres IGNY8-Zugangs wurde geändert.', 'Neue Adresse: {new_email}', 'Wann: {when}'],
    action: 'IGNY8 öffnen',
    why: 'Wenn Sie das nicht waren, wenden Sie sich sofort an den Support von IGNY8.',
  },
  two_factor_changed: {
    subject: 'Ihre Anmeldung wurde geändert',
    lines: [
      'Der zweite Faktor Ihrer Anmeldung wurde geändert.',
      'Änderung: {change}',
      'Wann: {when}',
      'Gerät: {device}',
    ],
    action: 'Einstellungen öffnen',
    why: NOT_YOU,
  },
  new_sign_in: {
    subject: 'Neue Anmeldung in Ihrem Zugang',
    lines: ['Jemand hat sich auf einem neuen Gerät angemeldet.', 'Wann: {when}', 'Gerät: {device}', 'Ort: {place}'],
    action: 'Sitzungen ansehen',
    why: NOT_YOU,
  },
  invitation: {
    subject: 'Sie sind zu IGNY8 eingeladen',
    lines: [
      '{inviter} lädt Sie ein, gemeinsam in IGNY8 zu arbeiten.',
      'Konto: {account}',
      'Rolle: {role}',
      'Die Einladung endet am {expires}. Sie gilt nur für diese Adresse.',
    ],
    action: 'Einladung annehmen',
    why: 'Die Namen in dieser E-Mail stammen von der Person, die eingeladen hat. Kennen Sie sie nicht, ignorieren Sie sie.',
  },
  sign_in_attempts: {
    subject: 'Falsche Passwörter bei Ihrem Zugang',
    lines: [
      'Jemand hat für Ihren Zugang falsche Passwörter versucht, von Orten, an denen Sie nicht angemeldet waren.',
      'Versuche am letzten Tag: {count}',
      'Ihre Geräte bremst das nicht. Wir melden das höchstens einmal am Tag.',
    ],
    action: 'Einstellungen öffnen',
    why: 'Nutzen Sie Ihr Passwort auch anderswo, ändern Sie es. Ein zweiter Faktor schützt Sie, selbst wenn es erraten wird.',
  },
  deletion_scheduled: {
    subject: 'Eine Löschung ist vorgemerkt',
    lines: [
      'In IGNY8 wurde eine Löschung verlangt.',
      'Was: {what}',
      'Sie geschieht am {date}. Bis dahin lässt sie sich aufhalten.',
    ],
    action: 'Löschung aufhalten',
    why: NOT_YOU,
  },
  deletion_cancelled: {
    subject: 'Die Löschung wurde aufgehalten',
    lines: ['Die vorgemerkte Löschung findet nicht statt.', 'Was: {what}'],
    action: 'IGNY8 öffnen',
    why: NOT_YOU,
  },
  account_deleted: {
    subject: 'Ihre Daten wurden gelöscht',
    lines: ['Was zur Löschung vorgemerkt war, ist gelöscht. Nichts holt es zurück.', 'Was: {what}'],
    why: 'Das ist die letzte E-Mail dazu.',
  },
  account_suspended: {
    subject: 'Ihr Konto wurde gesperrt',
    lines: [
      'Wer IGNY8 betreibt, hat Ihr Konto gesperrt. Nichts davon wurde gelöscht.',
      'Konto: {what}',
      'Grund: {reason}',
      'Sie können sich anmelden, alles lesen und exportieren. Bis dahin wird nichts mit Ihren Websites abgeglichen.',
    ],
    action: 'IGNY8 öffnen',
    why: 'Das Konto gehört Ihnen. Wenn Sie das für falsch halten, antworten Sie dem Support von IGNY8.',
  },
  account_suspension_lifted: {
    subject: 'Ihr Konto ist wieder frei',
    lines: ['Ihr Konto ist nicht mehr gesperrt. Ihre Websites gleichen binnen Minuten wieder ab.', 'Konto: {what}'],
    action: 'IGNY8 öffnen',
    why: 'Das Konto gehört Ihnen.',
  },
  operator_granted: {
    subject: 'Sie betreiben jetzt IGNY8',
    lines: [
      'Sie wurden Betreiber dieses IGNY8-Servers: Sie sehen, wie er läuft, und können Konten sperren.',
      'Seit: {when} UTC',
      'Ihre Anmeldung braucht dafür einen zweiten Faktor.',
    ],
    action: 'Einstellungen öffnen',
    why: 'Das hat getan, wer den Server betreibt. Wenn es Sie überrascht, sagen Sie dort Bescheid.',
  },
  operator_revoked: {
    subject: 'Sie betreiben IGNY8 nicht mehr',
    lines: ['Sie sind nicht mehr Betreiber dieses IGNY8-Servers.', 'Seit: {when} UTC'],
    action: 'Einstellungen öffnen',
    why: 'Das hat getan, wer den Server betreibt. Ihre Konten bleiben, wie sie sind.',
  },
}
