const text = (title: string, fix: string) => ({ title, fix })

/** Why something was not delivered: title and fix by code. */
export const deliveryErrors = {
  address_refused: text(
    'Die Adresse ist nicht erlaubt',
    'Geben Sie eine https-Adresse mit einem öffentlichen Hostnamen ein.',
  ),
  name_not_found: text('Der Hostname wurde nicht gefunden', 'Prüfen Sie die Adresse und ihre DNS-Einträge.'),
  tls_failed: text('Dem Zertifikat wird nicht vertraut', 'Erneuern oder reparieren Sie das Zertifikat des Servers.'),
  connection_failed: text(
    'Die Verbindung ist fehlgeschlagen',
    'Prüfen Sie, ob der Server läuft und Anfragen aus dem Internet annimmt.',
  ),
  timed_out: text(
    'Keine Antwort binnen 10 Sekunden',
    'Lassen Sie den Server zuerst antworten und seine Arbeit danach erledigen.',
  ),
  redirected: text(
    'Die Adresse leitet weiter',
    'Geben Sie die Adresse ein, auf die sie weiterleitet. Weiterleitungen wird nicht gefolgt.',
  ),
  gone: text(
    'Den Endpunkt gibt es nicht mehr',
    'Löschen Sie ihn hier, wenn Sie ihn nicht mehr brauchen, oder lassen Sie ihn wieder antworten.',
  ),
  refused: text('Der Endpunkt hat die Nachricht abgelehnt', 'Lesen Sie sein Protokoll. Er muss mit 2xx antworten.'),
  too_many: text('Der Endpunkt bittet um weniger Nachrichten', 'Nichts zu tun: Wir warten, so lange er bittet.'),
  server_error: text('Der Endpunkt ist gescheitert', 'Lesen Sie sein Protokoll. Er muss mit 2xx antworten.'),
  switched_off: text(
    'Der Endpunkt wurde ausgeschaltet',
    'Schalten Sie ihn ein, und stellen Sie die Nachricht noch einmal zu.',
  ),
  recipient_gone: text(
    'Die Person bekommt diese E-Mails nicht mehr',
    'Nichts zu tun: Sie hat das Konto verlassen oder E-Mail ausgeschaltet.',
  ),
  email_refused: text('Die E-Mail wurde abgelehnt', 'Prüfen Sie die Adresse der Person.'),
  email_unavailable: text(
    'E-Mail kann im Augenblick nicht gesendet werden',
    'Nichts zu tun: Es wird wieder versucht. Wenn es bleibt, sagen Sie es dem Betreiber dieses Servers.',
  ),
  email_suppressed: text(
    'Die Adresse nimmt solche E-Mails nicht an',
    'Nichts zu tun: Die Person hat sich abgemeldet, oder ihr Anbieter hat frühere E-Mails abgelehnt.',
  ),
  email_limited: text('Die Adresse hat zu viele E-Mails bekommen', 'Warten Sie einen Tag und senden Sie sie erneut.'),
  email_unverified: text(
    'Die Person hat ihre Adresse nicht bestätigt',
    'Bitten Sie sie, den Link in der E-Mail zu öffnen, die sie bei der Registrierung bekam.',
  ),
  email_not_configured: text('E-Mail ist nicht eingerichtet', 'Fragen Sie den Betreiber dieses Servers.'),
  secret_unreadable: text(
    'Das Geheimnis zum Signieren ist nicht lesbar',
    'Erstellen Sie ein neues Geheimnis für diesen Endpunkt.',
  ),
}
