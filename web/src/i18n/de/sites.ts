import type { sites as english } from '../en/sites.ts'

export const sites: typeof english = {
  title: 'Websites',
  description: 'Die WordPress-Websites von {account}, und wie es um ihre Verbindungen steht.',
  add: 'Website hinzufügen',
  search: 'Nach Name oder Adresse suchen',
  site: 'Website',
  connection: 'Verbindung',
  lastSync: 'Letzter Abgleich',
  lastSyncFailed: 'der letzte Lauf schlug fehl',
  isSyncing: 'wird gerade abgeglichen',
  off: 'abgeschaltet',
  connect: 'Verbinden',
  open: 'Öffnen',
  noConnectionKnown: 'nicht gelesen',
  noMatch: 'Keine Website passt zu „{search}“',
  noMatchText: 'Gesucht wird in Namen und Adressen.',
  clearSearch: 'Alle Websites zeigen',
  empty: 'Noch keine Website',
  emptyText:
    'Fügen Sie Ihre WordPress-Website hinzu, installieren Sie das Plugin, und drücken Sie Verbinden. Das dauert etwa drei Minuten.',
  emptyViewer: 'Zu diesem Konto hat noch niemand eine Website hinzugefügt. Administratoren und Inhaber können das.',
  shown: '{count, plural, one {# Website} other {# Websites}}',
  shownSome: 'bisher {count, plural, one {# Website} other {# Websites}}',
}
