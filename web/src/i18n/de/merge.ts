import type { Messages } from '../en/index.ts'

export const merge: Messages['merge'] = {
  text: 'Wählen Sie für jeden Block, der sich unterscheidet, eine Seite. Gleiche Blöcke bleiben.',
  tooLarge: 'Die Texte sind zu groß für einen Vergleich Block für Block. Stellen Sie das Ergebnis unten zusammen.',
  difference: 'Unterschied {n} von {count}',
  leaveOut: '(nicht da: wird weggelassen)',
  result: 'Ergebnis',
  resultHelp: 'Beide Seiten bekommen diesen Text. Sie können ihn noch ändern.',
  edited: 'Sie haben das Ergebnis geändert, deshalb lassen sich keine Blöcke mehr wählen.',
  startOver: 'Von vorn beginnen',
  preview: 'Das Ergebnis, wie Besucher es lesen',
}
