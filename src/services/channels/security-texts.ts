import type { SecurityChange } from '../../contract/notifications.ts'
import { plainWords } from '../../lib/plain-words.ts'
import type { MailLocale } from '../mail/index.ts'
import { SECURITY_SUBJECTS, type SecurityMessage, summarizeSecurity } from '../notifications/index.ts'

interface SecurityTexts {
  what: Record<SecurityChange['what'], string>
  subject: (changes: readonly SecurityChange[]) => string
  before: string
  now: string
  byPerson: string
  byKey: string
  done: (by: string, from: string | null, at: string, reference: string) => string
  advice: string
}

const EN: SecurityTexts = {
  what: SECURITY_SUBJECTS,
  subject: summarizeSecurity,
  before: 'Before',
  now: 'Now',
  byPerson: 'a person of your account',
  byKey: 'the site’s API key',
  done: (by, from, at, reference) =>
    `Done with ${by}${from === null ? '' : ` from ${from}`} at ${at}. Reference: ${reference}.`,
  advice: 'If nobody of you did this, revoke the site’s API key under Connection.',
}

const WHAT_DE: SecurityTexts['what'] = {
  confirmation_requested: 'Eine Änderung einer Verbindung wartet auf Ihre Bestätigung',
  change_refused: 'Eine Änderung einer Verbindung wurde abgelehnt',
  secret_replaced: 'Das Signaturgeheimnis einer Verbindung wurde ersetzt',
  address_changed: 'Die Adresse einer verbundenen Website wurde geändert',
  key_changed: 'Eine Verbindung verwendet einen anderen API-Schlüssel',
  acting_user_changed: 'Eine verbundene Website schreibt als anderer WordPress-Benutzer',
}

const DE: SecurityTexts = {
  what: WHAT_DE,
  subject: ([first, ...more]) => (first && more.length === 0 ? WHAT_DE[first.what] : 'Eine Verbindung wurde geändert'),
  before: 'Vorher',
  now: 'Jetzt',
  byPerson: 'einer Person Ihres Kontos',
  byKey: 'dem API-Schlüssel der Website',
  done: (by, from, at, reference) =>
    `Ausgeführt mit ${by}${from === null ? '' : ` von ${from}`} um ${at}. Referenz: ${reference}.`,
  advice: 'War das niemand von Ihnen, widerrufen Sie den API-Schlüssel der Website unter Verbindung.',
}

const TEXTS: Record<MailLocale, SecurityTexts> = { en: EN, de: DE }

/** The subject of a mail about who may speak for a site: what happened, and nothing that a tenant wrote. */
export const securitySubject = ({ data }: SecurityMessage, locale: MailLocale) => TEXTS[locale].subject(data.changes)

/** What such a mail says. Values are defused: some are addresses and names that others chose. */
export function securityLines({ timestamp, data }: SecurityMessage, locale: MailLocale): string[] {
  const texts = TEXTS[locale]
  const by = data.actor.startsWith('user:') ? texts.byPerson : texts.byKey
  const at = `${timestamp.slice(0, 16).replace('T', ' ')} UTC`
  const from = data.requested_from === null ? null : plainWords(data.requested_from)
  const named = (label: string, value: string | null) => (value === null ? [] : [`${label}: ${plainWords(value)}.`])
  return [
    ...data.changes.map((change) =>
      [`${texts.what[change.what]}.`, ...named(texts.before, change.from), ...named(texts.now, change.to)].join(' '),
    ),
    texts.done(by, from, at, plainWords(data.request_id)),
    texts.advice,
  ]
}
