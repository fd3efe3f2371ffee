const text = (title: string, fix: string) => ({ title, fix })

/** Refusals of connecting by consent. */
export const connectErrors = {
  return_address_foreign: text(
    'Der Rückweg führt nicht zu wp-admin dieser Website',
    'Öffnen Sie wp-admin der Website selbst, und drücken Sie dort „Mit IGNY8 verbinden“, oder verbinden Sie mit einem API-Schlüssel.',
  ),
  connected_elsewhere: text(
    'Diese Website ist mit einem anderen Konto von IGNY8 verbunden',
    'Wählen Sie jenes Konto, oder drücken Sie in wp-admin unter Einstellungen → IGNY8 zuerst „Trennen“.',
  ),
  connect_request_invalid: text(
    'Diese Anfrage zum Verbinden ist nicht gültig',
    'Öffnen Sie die Website in IGNY8, und drücken Sie dort noch einmal „Verbinden“.',
  ),
  connect_request_expired: text(
    'Diese Anfrage zum Verbinden ist abgelaufen',
    'Öffnen Sie die Website in IGNY8, und drücken Sie dort noch einmal „Verbinden“.',
  ),
  connect_code_invalid: text(
    'Der Code dieser Verbindung ist nicht gültig',
    'Drücken Sie in wp-admin noch einmal „Mit IGNY8 verbinden“.',
  ),
  connect_code_expired: text(
    'Der Code dieser Verbindung ist abgelaufen',
    'Drücken Sie in wp-admin noch einmal „Mit IGNY8 verbinden“. Ein Code gilt eine Minute.',
  ),
  connect_code_used: text(
    'Der Code dieser Verbindung wurde schon verwendet',
    'Drücken Sie in wp-admin noch einmal „Mit IGNY8 verbinden“.',
  ),
  connect_code_other_site: text(
    'Der Code gehört zu einer anderen Website',
    'Drücken Sie „Mit IGNY8 verbinden“ in wp-admin der Website, die Sie verbinden möchten.',
  ),
}
