import type { members as english } from '../en/members.ts'

export const members: typeof english = {
  title: 'Mitglieder',
  description: 'Wer in {account} arbeitet, und was sie dürfen.',
  readOnly: 'Einladen und Rollen ändern können Administratoren und Inhaber.',
  person: 'Person',
  role: 'Rolle',
  since: 'Seit',
  actions: 'Aktionen',
  you: 'Sie',
  ownRole: 'Ihre eigene Rolle ändert ein anderer Administrator oder Inhaber.',
  aboveYou: 'Inhaber ändern nur Inhaber.',
  lastOwner: 'Ein Konto braucht einen Inhaber: Machen Sie zuerst jemand anderen dazu.',
  roleOf: 'Rolle von {name}',
  changed: '{name} ist jetzt {role}.',
  notChanged: 'Die Rolle wurde nicht geändert',
  remove: 'Entfernen',
  removeTitle: '{name} entfernen?',
  removeText:
    '{name} ({email}) verliert mit der nächsten Anfrage den Zugang zu allen Websites dieses Kontos. Was getan wurde, bleibt.',
  removed: '{name} wurde entfernt.',
  may: {
    viewer: 'Sieht die Websites',
    editor: 'Arbeitet mit Inhalten und Verbindungen',
    admin: 'Verwaltet auch Websites, Schlüssel und Mitglieder',
    owner: 'Darf alles, und ernennt Inhaber',
  },
  invite: {
    heading: 'Jemanden einladen',
    text: 'Die Person erhält einen Link für ihre E-Mail-Adresse. Er gilt einmal und sieben Tage lang.',
    email: 'E-Mail-Adresse',
    role: 'Rolle',
    send: 'Einladung erstellen',
    check: 'Geben Sie eine E-Mail-Adresse ein, etwa ada@example.com.',
    madeTitle: 'Senden Sie diesen Link an {email}',
    madeText:
      'Er ist nur dieses eine Mal zu sehen und endet {when}. Eine neue Einladung für dieselbe Adresse tritt an seine Stelle.',
    link: 'Link der Einladung',
    another: 'Noch jemanden einladen',
  },
}
