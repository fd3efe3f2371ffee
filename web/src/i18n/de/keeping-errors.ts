const text = (title: string, fix: string) => ({ title, fix })

/** Refusals of exports, imports, backups and restores. */
export const keepingErrors = {
  file_line_invalid: text(
    'Eine Zeile der Datei ist nicht gültig',
    'Geändert wurde nichts. Exportieren Sie die Datei neu; die Zeile ist genannt.',
  ),
  file_damaged: text(
    'Die Datei ist beschädigt',
    'Geändert wurde nichts. Exportieren oder laden Sie die Datei noch einmal herunter.',
  ),
  file_incomplete: text(
    'Die Datei endet zu früh',
    'Geändert wurde nichts. Exportieren oder laden Sie die Datei noch einmal herunter.',
  ),
  file_unknown: text(
    'Die Datei ist kein Export einer Website, den diese Version lesen kann',
    'Wählen Sie eine Datei, die „Website exportieren“ in den Einstellungen einer Website erzeugt hat.',
  ),
  file_too_large: text(
    'Die Datei ist zu groß',
    'Bitten Sie den Betreiber dieses Servers, die Website aus einem Backup wiederherzustellen.',
  ),
  operator_token_invalid: text(
    'Dazu gehört das Token des Betreibers',
    'Senden Sie OPERATOR_TOKEN der Installation als Authorization: Bearer.',
  ),
  backup_not_found: text('Dieses Backup gibt es nicht', 'Beginnen Sie ein Backup; seine Kennung gilt einen Tag lang.'),
  import_not_found: text('Es ist kein Import im Gang', 'Beginnen Sie einen.'),
  restore_not_found: text(
    'Diese Wiederherstellung gibt es nicht',
    'Prüfen Sie die Kennung, oder beginnen Sie eine Wiederherstellung.',
  ),
  import_running: text('Ein Import wird ausgeführt', 'Warten Sie, bis er fertig ist.'),
  part_out_of_order: text('Ein anderer Teil der Datei wird erwartet', 'Senden Sie den Teil, der genannt ist.'),
  dump_ended: text('Dieses Backup wird nicht mehr gelesen', 'Lesen Sie die Website noch einmal von Anfang an.'),
  database_not_empty: text(
    'Die Datenbank ist nicht leer',
    'Stellen Sie alles in einer neuen Installation wieder her; eine benutzte Datenbank setzen Sie mit D1 Time Travel zurück.',
  ),
  object_not_empty: text(
    'Die Website hat hier Inhalte',
    'Geben Sie an, dass sie ersetzt werden sollen, wenn das gemeint ist.',
  ),
  secrets_differ: text(
    'Die Installation hat andere Geheimnisse als das Backup',
    'Setzen Sie die genannten Geheimnisse, wie sie waren: Ohne sie sind Schlüssel, Passwörter und Verbindungen unbrauchbar.',
  ),
  backup_newer: text(
    'Das Backup ist von einer späteren Version',
    'Installieren Sie die Version, die es erzeugt hat, oder eine spätere.',
  ),
  moment_not_kept: text(
    'Auf diesen Zeitpunkt lässt sich die Website nicht zurücksetzen',
    'Wählen Sie einen späteren Zeitpunkt oder einen vergangenen; der früheste ist genannt.',
  ),
  restore_running: text('Eine andere Wiederherstellung ist im Gang', 'Warten Sie, bis sie fertig ist.'),
  rewind_unavailable: text(
    'Diese Plattform kann kein Objekt zurücksetzen',
    'Setzen Sie die Website mit ihrem Journal zurück.',
  ),
}
