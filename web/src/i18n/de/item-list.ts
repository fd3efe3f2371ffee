import type { itemList as english } from '../en/item-list.ts'

export const itemList: typeof english = {
  sort: {
    label: 'Sortieren',
    best: 'Bester Treffer',
    newest: 'Neueste zuerst',
    title: 'Titel, A bis Z',
    '-title': 'Titel, Z bis A',
    date: 'Datum, älteste zuerst',
    '-date': 'Datum, neueste zuerst',
    updated: 'Änderung, älteste zuerst',
    '-updated': 'Änderung, neueste zuerst',
    state: 'Stand, Probleme zuerst',
  },
  hint: 'Titel oder Text',
  searching: 'Texte werden noch durchsucht …',
  shortcuts: 'Tastenkürzel',
  select: {
    one: '„{title}“ auswählen',
    all: 'Alle angezeigten auswählen',
    count: '{count, plural, =0 {Nichts ausgewählt} one {# ausgewählt} other {# ausgewählt}}',
    everything: 'Alles, was passt, ist ausgewählt',
  },
}
