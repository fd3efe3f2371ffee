import type { shell as english } from '../en/shell.ts'

export const shell: typeof english = {
  skip: 'Zum Inhalt springen',
  home: 'IGNY8, zu den Websites',
  mainNavigation: 'Hauptmenü',
  siteNavigation: 'Website',
  trail: 'Wo Sie sind',
  sites: 'Websites',
  members: 'Mitglieder',
  menu: 'Konto von {name}',
  signedInAs: 'Angemeldet als',
  account: 'Konto',
  switchAccount: 'In {name} arbeiten',
  signOut: 'Abmelden',
  scheme: 'Aussehen',
  light: 'Hell',
  dark: 'Dunkel',
  system: 'Wie das System',
  language: 'Sprache',
  tabs: {
    contentTypes: 'Inhaltstypen',
    items: 'Inhalte',
    activity: 'Aktivität',
    connection: 'Verbindung',
    settings: 'Einstellungen',
  },
}
