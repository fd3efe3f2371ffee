import type { connect as english } from '../en/connect.ts'

export const connect: typeof english = {
  title: '{site} mit IGNY8 verbinden?',
  titlePlain: 'Eine Website mit IGNY8 verbinden',
  site: 'Website',
  account: 'Konto',
  chooseAccount: 'Konto, mit dem die Website verbunden wird',
  you: 'Angemeldet als',
  notYou: 'Als jemand anderes anmelden',
  added: 'Die Website wird diesem Konto hinzugefügt.',
  known: 'Dieses Konto hat die Website als „{name}“.',
  replaces:
    'Diese Website ist schon verbunden. Wenn Sie sie neu verbinden, bekommt sie einen neuen Schlüssel und ein neues Geheimnis; Inhalte und Einstellungen bleiben. Fahren Sie fort, wenn Sie selbst in wp-admin auf Verbinden gedrückt haben.',
  imports: 'Was IGNY8 importiert',
  importsHint: 'Sie können das jederzeit ändern. Bilder bleiben auf Ihrer Website; IGNY8 merkt sich ihre Adressen.',
  importsAll: 'Alle Inhaltstypen der Website. Sie können das jederzeit ändern.',
  type: '{label} ({count, number})',
  summary: 'IGNY8 importiert {list}. An Ihrer Website wird nichts geändert.',
  summaryAll: 'IGNY8 importiert, was die Website hat. An Ihrer Website wird nichts geändert.',
  summaryNone: 'IGNY8 importiert noch nichts. An Ihrer Website wird nichts geändert.',
  part: '{count, number} {label}',
  later:
    'Später werden Änderungen, die Sie in IGNY8 machen, auf die Website geschrieben, solange dort die Synchronisierung in beide Richtungen an ist.',
  approve: 'Verbinden',
  cancel: 'Abbrechen',
  back: 'Zurück zu wp-admin von {host}',
  leaving: 'Hier ist alles verbunden. Es geht zurück zu wp-admin …',
  sites: 'Zu Ihren Websites',
  refused: 'Diese Website kann nicht verbunden werden',
  tryOther:
    'Sie sind auch in anderen Konten: Wählen Sie eines davon, oder fragen Sie einen Administrator dieses Kontos.',
  broken: 'Dieser Link ist unvollständig',
  brokenText:
    'Die Seite, die nach einer Verbindung fragt, wird vom Plugin geöffnet. Öffnen Sie wp-admin Ihrer Website, gehen Sie zu Einstellungen → IGNY8, und drücken Sie „Mit IGNY8 verbinden“. Sie können auch hier beginnen: Fügen Sie die Website hinzu, und Sie werden dorthin geführt.',
  start: 'Website hinzufügen',
}
