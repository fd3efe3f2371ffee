import type { ConnectionChange } from '../../contract/notifications.ts'
import type { MailLocale } from '../mail/index.ts'
import { STATES } from '../notifications/index.ts'

type State = ConnectionChange['to']

/** The words of notices. Subjects are made of states and numbers alone: no name that a tenant chose is in one. */
export interface NoticeTexts {
  states: Record<State, string>
  siteIs: (site: string, state: string) => string
  subjectOfOne: (state: State) => string
  subjectOfMany: (counts: { needing: number; ready: number; more: number }) => string
  was: (state: string, since: string | null, times: number) => string
  reason: (reason: { title: string; fix: string }) => string
  openSite: string
  more: (rest: number) => string
  openSites: string
  endpointSubject: string
  endpointTitle: (name: string, host: string, since: string) => string
  endpointStays: string
  endpointWhy: (words: { detail: string; fix: string }) => string
  openNotifications: string
  why: string
  change: string
}

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`

const EN: NoticeTexts = {
  states: STATES,
  siteIs: (site, state) => `${site} is ${state}`,
  subjectOfOne: (state) => (state === 'ready' ? 'A site is connected and ready again' : `A site is ${STATES[state]}`),
  subjectOfMany: ({ needing, ready, more }) =>
    [
      ...(needing > 0 ? [`${count(needing, 'site needs', 'sites need')} attention`] : []),
      ...(ready > 0 ? [`${count(ready, 'site is', 'sites are')} ready again`] : []),
      ...(more > 0 ? [`${more} more follow`] : []),
    ].join(', '),
  was: (state, since, times) =>
    `Was ${state}${since === null ? '' : `; since ${since}`}.${times > 2 ? ` It changed ${times} times meanwhile.` : ''}`,
  reason: ({ title, fix }) => `${title}. ${fix}`,
  openSite: 'Open the site',
  more: (rest) => `And ${rest} more`,
  openSites: 'Open all sites',
  endpointSubject: 'A webhook can’t be reached',
  endpointTitle: (name, host, since) => `The webhook “${name}” (${host}) has not been reached since ${since}`,
  endpointStays: 'It stays switched on: messages are tried for three days, and can be delivered again after that.',
  endpointWhy: ({ detail, fix }) => `${detail} ${fix}`,
  openNotifications: 'Open notifications',
  why: 'You get this because e-mail about connections is switched on for you.',
  change: 'Change it',
}

const STATES_DE: Record<State, string> = {
  not_connected: 'nicht verbunden',
  authenticating: 'bei der Anmeldung',
  structure_syncing: 'verbunden, ihre Struktur ist unterwegs',
  ready: 'verbunden und bereit',
  degraded: 'eingeschränkt',
  unreachable: 'nicht erreichbar',
  key_revoked: 'abgeschnitten: Ihr API-Schlüssel wurde widerrufen',
  disabled: 'abgeschaltet',
}

// the reasons' words are English, so German mails name the place where the app has them in German
const REASON_DE = 'Warum, und was zu tun ist, steht in IGNY8.'

const DE: NoticeTexts = {
  states: STATES_DE,
  siteIs: (site, state) => `${site} ist ${state}`,
  subjectOfOne: (state) =>
    state === 'ready' ? 'Eine Website ist wieder verbunden und bereit' : `Eine Website ist ${STATES_DE[state]}`,
  subjectOfMany: ({ needing, ready, more }) =>
    [
      ...(needing > 0 ? [`${count(needing, 'Website braucht', 'Websites brauchen')} Aufmerksamkeit`] : []),
      ...(ready > 0 ? [`${count(ready, 'Website ist', 'Websites sind')} wieder bereit`] : []),
      ...(more > 0 ? [`${more} weitere folgen`] : []),
    ].join(', '),
  was: (state, since, times) =>
    `Vorher ${state}${since === null ? '' : `; seit ${since}`}.${times > 2 ? ` Inzwischen hat sich das ${times}-mal geändert.` : ''}`,
  reason: () => REASON_DE,
  openSite: 'Website öffnen',
  more: (rest) => `Und ${rest} weitere`,
  openSites: 'Alle Websites öffnen',
  endpointSubject: 'Ein Webhook ist nicht erreichbar',
  endpointTitle: (name, host, since) => `Der Webhook „${name}“ (${host}) wurde seit ${since} nicht erreicht`,
  endpointStays:
    'Er bleibt eingeschaltet: Drei Tage lang wird jede Nachricht wieder versucht, danach lässt sie sich erneut zustellen.',
  endpointWhy: () => REASON_DE,
  openNotifications: 'Benachrichtigungen öffnen',
  why: 'Sie bekommen das, weil E-Mails über Verbindungen für Sie eingeschaltet sind.',
  change: 'Ändern',
}

export const NOTICE_TEXTS: Record<MailLocale, NoticeTexts> = { en: EN, de: DE }
