const text = (title: string, fix: string) => ({ title, fix })

/** Refusals of changes of many items. */
export const bulkErrors = {
  bulk_not_found: text('Die Sammeländerung gibt es nicht', 'Sammeländerungen werden 30 Tage aufbewahrt.'),
  bulk_too_large: text(
    'Das sind zu viele Inhalte für eine Sammeländerung',
    'Filtern Sie enger, sodass höchstens 10.000 Inhalte übrig bleiben.',
  ),
  bulk_queue_full: text('Zu viele Sammeländerungen dieser Website warten', 'Warten Sie, bis eine davon fertig ist.'),
  bulk_running: text('Die Sammeländerung ist noch nicht fertig', 'Warten Sie, bis sie fertig ist.'),
  nothing_to_retry: text('Es gibt nichts zu wiederholen', 'Laden Sie die Seite neu.'),
  item_in_trash: text('Der Inhalt liegt im Papierkorb', 'Stellen Sie ihn zuerst wieder her.'),
  taxonomy_unknown: text(
    'Inhalte dieses Typs haben diese Taxonomie nicht',
    'Wählen Sie eine Taxonomie, die dieser Typ hat.',
  ),
  edited_since: text('Der Inhalt wurde inzwischen geändert', 'Sehen Sie ihn an, und ändern Sie ihn einzeln.'),
}
