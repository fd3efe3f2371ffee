import type { ProblemTexts } from '../en/errors.ts'
import { deliveryErrors } from './delivery-errors.ts'
import { limitErrors } from './limit-errors.ts'
import { linkErrors } from './link-errors.ts'

const text = (title: string, fix: string) => ({ title, fix })
const SIGNED_OUT = text('Sie wurden abgemeldet', 'Melden Sie sich wieder an; Ihr Text bleibt erhalten.')

const apiErrors = {
  malformed_json: text('Die Anfrage ist kein gültiges JSON', 'Senden Sie ein JSON-Dokument in UTF-8.'),
  validation_error: text(
    'Die Angaben sind nicht gültig',
    'Berichtigen Sie die genannten Felder, und senden Sie die Anfrage noch einmal.',
  ),
  too_many_types: text(
    'Zu viele Inhaltstypen',
    'Höchstens 500 Beitragstypen und 500 Taxonomien sind möglich; melden Sie Typen ab, die es nicht mehr gibt.',
  ),
  negative_count: text('Eine Anzahl ist negativ', 'Senden Sie Anzahlen ab null.'),
  markup_in_label: text('Eine Bezeichnung enthält Markup', 'Senden Sie Bezeichnungen als reinen Text.'),
  invalid_slug: text(
    'Ein Typ hat einen ungültigen Kurznamen',
    'Verwenden Sie höchstens 32 Zeichen: a bis z, 0 bis 9, _ und -.',
  ),
  item_too_large: text('Der Inhalt ist zu groß', 'Kürzen Sie ihn auf höchstens 1.500.000 Bytes.'),
  parent_not_found: text(
    'Der übergeordnete Inhalt gehört nicht zu dieser Website',
    'Wählen Sie einen Inhalt derselben Website.',
  ),
  future_date_required: text(
    'Zum Planen ist ein Datum in der Zukunft nötig',
    'Wählen Sie ein Datum in der Zukunft. Um sofort zu veröffentlichen, wählen Sie den Status „Veröffentlicht“ und kein Datum.',
  ),
  unknown_content_type: text(
    'Diesen Inhaltstyp hat die Website nicht',
    'Wählen Sie einen Typ aus der Liste. Ist er neu, senden Sie zuerst die Struktur der Website.',
  ),
  common_password: text(
    'Dieses Passwort ist zu verbreitet',
    'Wählen Sie eines, das andere nicht verwenden: etwa vier zufällige Wörter.',
  ),
  personal_password: text(
    'Das Passwort ist Ihr Name oder Ihre E-Mail-Adresse',
    'Wählen Sie eines, das sich nicht aus Ihrem Namen oder Ihrer Adresse ergibt.',
  ),
  wrong_password: text('Das Passwort ist falsch', 'Geben Sie das Passwort ein, mit dem Sie sich anmelden.'),
  wrong_code: text(
    'Der Code ist falsch oder wurde schon benutzt',
    'Geben Sie den Code ein, den Ihre App jetzt zeigt; er wechselt alle 30 Sekunden. Ein Wiederherstellungscode gilt einmal.',
  ),
  invalid_link: text(
    'Der Link gilt nicht mehr',
    'Fordern Sie einen neuen an. Ein Link gilt einmal und für kurze Zeit.',
  ),
  passkey_refused: text(
    'Der Passkey wurde nicht angenommen',
    'Versuchen Sie es innerhalb von fünf Minuten noch einmal, mit einem Passkey dieser Website.',
  ),
  second_step_over: text('Diese Anmeldung ist vorbei', 'Melden Sie sich noch einmal mit Ihrem Passwort an.'),
  email_unverified: text(
    'Ihre E-Mail-Adresse ist nicht bestätigt',
    'Öffnen Sie den Link, den wir Ihnen geschickt haben, oder fordern Sie unter „Ihr Zugang“ einen neuen an.',
  ),
  two_factor_required: text(
    'Dieses Konto verlangt einen zweiten Faktor',
    'Richten Sie unter „Ihr Zugang“ eine Authenticator-App oder einen Passkey ein; haben Sie das schon, melden Sie sich damit an.',
  ),
  recent_sign_in_required: text(
    'Dafür ist noch einmal Ihr Passwort nötig',
    'Bestätigen Sie Ihr Passwort, und wiederholen Sie den Schritt innerhalb von 15 Minuten.',
  ),
  session_not_found: text(
    'Die Sitzung wurde nicht gefunden',
    'Laden Sie die Seite neu; die Sitzung kann beendet sein.',
  ),
  passkey_not_found: text('Der Passkey wurde nicht gefunden', 'Laden Sie die Seite neu; er kann entfernt sein.'),
  email_verified: text('Die Adresse ist schon bestätigt', 'Es gibt nichts zu tun.'),
  two_factor_on: text(
    'Eine Authenticator-App ist schon eingerichtet',
    'Entfernen Sie sie zuerst, und richten Sie dann die neue ein.',
  ),
  two_factor_off: text('Es ist keine Authenticator-App eingerichtet', 'Richten Sie zuerst eine ein.'),
  second_factor_missing: text(
    'Sie haben in dieser Sitzung keinen zweiten Faktor',
    'Richten Sie einen ein, und melden Sie sich damit an; sonst würden Sie sich selbst aussperren.',
  ),
  too_many_passkeys: text('Sie haben zu viele Passkeys', 'Entfernen Sie einen, den Sie nicht mehr verwenden.'),
  invalid_cursor: text('Der Cursor ist nicht gültig', 'Beginnen Sie ohne Cursor von vorn.'),
  invalid_idempotency_key: text(
    'Der Idempotency-Key ist nicht gültig',
    'Senden Sie 1 bis 200 sichtbare ASCII-Zeichen.',
  ),
  signature_missing: text(
    'Eine Kopfzeile des Webhooks fehlt',
    'Senden Sie webhook-id, webhook-timestamp und webhook-signature.',
  ),
  timestamp_out_of_range: text(
    'Der Zeitstempel des Webhooks ist zu alt oder zu neu',
    'Stellen Sie die Uhr der Website. Höchstens fünf Minuten Abweichung sind möglich.',
  ),
  signature_invalid: text(
    'Die Signatur des Webhooks ist nicht gültig',
    'Verbinden Sie das Plugin neu, damit beide Seiten dasselbe Geheimnis verwenden.',
  ),
  credentials_missing: SIGNED_OUT,
  invalid_session: SIGNED_OUT,
  invalid_credentials: text(
    'Falsche E-Mail-Adresse oder falsches Passwort',
    'Prüfen Sie beides, und versuchen Sie es noch einmal.',
  ),
  api_key_malformed: text(
    'Das ist kein API-Schlüssel',
    'Kopieren Sie den ganzen Schlüssel, von igny8_ bis zum letzten Zeichen.',
  ),
  api_key_unknown: text(
    'Der API-Schlüssel ist nicht gültig',
    'Erstellen Sie unter „Verbindung“ einen neuen Schlüssel, und verbinden Sie die Website damit.',
  ),
  api_key_revoked: text(
    'Der API-Schlüssel wurde widerrufen',
    'Erstellen Sie unter „Verbindung“ einen neuen Schlüssel, und verbinden Sie die Website damit.',
  ),
  api_key_expired: text(
    'Der API-Schlüssel ist abgelaufen',
    'Erstellen Sie unter „Verbindung“ einen neuen Schlüssel, und verbinden Sie die Website damit.',
  ),
  invalid_api_key: text(
    'Der API-Schlüssel gehört zu einer anderen Website',
    'Verwenden Sie einen Schlüssel, der für diese Website erstellt wurde und noch gültig ist.',
  ),
  role_too_low: text('Ihre Rolle erlaubt das nicht', 'Fragen Sie einen Administrator oder Inhaber des Kontos.'),
  insufficient_scope: text(
    'Der API-Schlüssel erlaubt das nicht',
    'Verwenden Sie einen Schlüssel mit der genannten Berechtigung.',
  ),
  person_required: text('Das geht nicht mit einem API-Schlüssel', 'Melden Sie sich als Person an.'),
  user_inactive: text('Dieser Benutzer ist deaktiviert', 'Fragen Sie einen Inhaber des Kontos.'),
  site_inactive: text('Die Website ist abgeschaltet', 'Schalten Sie die Website in ihren Einstellungen ein.'),
  origin_not_allowed: text(
    'Anfragen von diesem Ursprung sind nicht erlaubt',
    'Senden Sie die Anfrage aus der Web-App oder mit einem Bearer-Token.',
  ),
  not_found: text('Nicht gefunden', 'Prüfen Sie die Adresse und die Kennung.'),
  webhook_id_invalid: text(
    'Die webhook-id ist nicht gültig',
    'Senden Sie 1 bis 100 sichtbare ASCII-Zeichen, bei jedem Versuch dieselben.',
  ),
  connection_change_not_found: text(
    'Es wartet keine Änderung der Verbindung',
    'Laden Sie die Seite neu. Sie wurde vielleicht bestätigt, abgelehnt, durch eine neuere ersetzt oder ist abgelaufen.',
  ),
  connection_change_needs_confirmation: text(
    'Diese Änderung der Verbindung muss eine Person bestätigen',
    'Öffnen Sie die Website in IGNY8, und bestätigen Sie die Änderung unter Verbindung. Das Plugin verbindet sich dann selbst.',
  ),
  connection_change_refused: text(
    'Diese Änderung der Verbindung wurde in IGNY8 abgelehnt',
    'Fragen Sie, wer sie abgelehnt hat. Um erneut anzufragen, klicken Sie im Plugin auf „Verbinden“.',
  ),
  signature_required: text(
    'Der API-Schlüssel allein darf das nicht',
    'Signieren Sie die Anfrage mit dem Geheimnis der Verbindung, wie das Plugin es tut, oder melden Sie sich an.',
  ),
  demo_unavailable: text('Dieser Server hat keine Demo', 'Melden Sie sich mit E-Mail-Adresse und Passwort an.'),
  site_not_found: text(
    'Website nicht gefunden',
    'Prüfen Sie die Adresse, und ob der Schlüssel für diese Website erstellt wurde.',
  ),
  integration_not_found: text(
    'Verbindung nicht gefunden',
    'Prüfen Sie die Adresse; verbinden Sie die Website neu, wenn die Verbindung gelöscht wurde.',
  ),
  api_key_not_found: text('API-Schlüssel nicht gefunden', 'Laden Sie die Liste der Schlüssel neu.'),
  item_not_found: text('Inhalt nicht gefunden', 'Laden Sie die Liste der Inhalte neu.'),
  run_not_found: text('Lauf nicht gefunden', 'Prüfen Sie die Kennung; alte Läufe werden gelöscht.'),
  member_not_found: text('Mitglied nicht gefunden', 'Laden Sie die Liste der Mitglieder neu.'),
  endpoint_not_found: text('Benachrichtigungsziel nicht gefunden', 'Prüfen Sie die Kennung; es kann gelöscht sein.'),
  delivery_not_found: text('Zustellung nicht gefunden', 'Prüfen Sie die Kennung; alte Zustellungen werden gelöscht.'),
  too_many_endpoints: text(
    'Das Konto hat zu viele Benachrichtigungsziele',
    'Löschen Sie eines, das Sie nicht mehr brauchen.',
  ),
  delivery_pending: text('Die Zustellung steht noch aus', 'Warten Sie den nächsten Versuch ab.'),
  endpoint_inactive: text('Das Benachrichtigungsziel ist ausgeschaltet', 'Schalten Sie es zuerst ein.'),
  unsubscribe_link_invalid: text(
    'Dieser Link zum Abmelden gilt nicht',
    'Öffnen Sie den Link einer neueren E-Mail, oder ändern Sie es in Ihren Benachrichtigungen.',
  ),
  invitation_not_found: text(
    'Einladung nicht gefunden',
    'Bitten Sie um eine neue Einladung, und nehmen Sie sie mit der E-Mail-Adresse an, an die sie ging.',
  ),
  method_not_allowed: text('Das geht an dieser Adresse nicht', 'Verwenden Sie eine der erlaubten Methoden.'),
  no_conflict: text(
    'Diesen Konflikt hat der Inhalt nicht',
    'Laden Sie den Inhalt neu. Vielleicht ist der Konflikt schon gelöst.',
  ),
  resolution_incomplete: text(
    'Der Konflikt ist erst teilweise gelöst',
    'Wählen Sie für jedes Feld des Konflikts eine Seite.',
  ),
  nothing_to_undo: text(
    'Es gibt nichts rückgängig zu machen',
    'Nur die letzte Lösung eines Konflikts lässt sich rückgängig machen.',
  ),
  not_failed: text('Der Inhalt ist nicht fehlgeschlagen', 'Wiederholen Sie nur fehlgeschlagene Inhalte.'),
  item_deleted: text(
    'Der Inhalt wurde gelöscht',
    'Legen Sie einen neuen Inhalt an, oder lösen Sie den Konflikt, wenn es einen gibt.',
  ),
  item_unreadable: text(
    'Der Inhalt konnte noch nicht gelesen werden',
    'Beheben Sie zuerst den Fehler des Inhalts, und bearbeiten Sie ihn dann.',
  ),
  body_read_only: text(
    'Der Text dieses Inhalts lässt sich hier nicht bearbeiten',
    'Bearbeiten Sie den Text im Page-Builder. Alles andere können Sie hier ändern.',
  ),
  not_in_trash: text(
    'Der Inhalt ist nicht im Papierkorb',
    'Legen Sie ihn zuerst in den Papierkorb. Endgültig löschen lässt sich nur ein Inhalt, der auf beiden Seiten im Papierkorb liegt.',
  ),
  nothing_to_restore: text(
    'Es gibt nichts wiederherzustellen',
    'Wiederherstellen lässt sich nur, was im Papierkorb liegt oder gelöscht ist.',
  ),
  trash_off: text(
    'Die Website hat keinen Papierkorb',
    'Löschen Sie den Inhalt in WordPress, oder schalten Sie dort den Papierkorb ein (EMPTY_TRASH_DAYS; für Medien auch MEDIA_TRASH).',
  ),
  type_denied: text(
    'In WordPress vom Betreiber der Website abgeschaltet',
    'Bitten Sie den Betreiber, den Typ in wp-admin unter Einstellungen → IGNY8 zu erlauben.',
  ),
  seo_unavailable: text(
    'Die Website hat kein SEO-Plugin für diese Felder',
    'Aktivieren Sie Yoast SEO, Rank Math, All in One SEO oder SEOPress auf der Website, aktualisieren Sie das Plugin von IGNY8 und gleichen Sie dann ab.',
  ),
  robots_unsupported: text(
    'Das SEO-Plugin der Website kann diese Robots-Angaben nicht speichern',
    'Wählen Sie nur Angaben, die in der Einzelheit genannt sind.',
  ),
  integration_exists: text(
    'Die Website hat diese Verbindung schon',
    'Verwenden Sie die vorhandene, oder löschen Sie sie zuerst.',
  ),
  site_url_taken: text(
    'Eine andere Website hat diese Adresse',
    'Ändern oder löschen Sie die andere Website in IGNY8. Ist diese hier eine Kopie, wählen Sie das in wp-admin.',
  ),
  sync_disabled: text(
    'Der Abgleich ist abgeschaltet',
    'Schalten Sie den Abgleich in den Einstellungen der Website ein.',
  ),
  email_taken: text('Für diese E-Mail-Adresse gibt es schon ein Konto', 'Melden Sie sich stattdessen an.'),
  already_member: text('Diese Person ist schon Mitglied', 'Ändern Sie stattdessen die Rolle des Mitglieds.'),
  last_owner: text('Ein Konto braucht einen Inhaber', 'Machen Sie zuerst jemand anderen zum Inhaber.'),
  api_key_inactive: text('Der API-Schlüssel ist nicht mehr aktiv', 'Erstellen Sie einen neuen Schlüssel.'),
  conflict: text(
    'Es hat sich geändert, seit Sie es geladen haben',
    'Laden Sie es neu, und wiederholen Sie die Änderung.',
  ),
  request_in_progress: text(
    'Eine Anfrage mit diesem Idempotency-Key läuft noch',
    'Warten Sie einen Augenblick, und versuchen Sie es noch einmal.',
  ),
  upgrade_required: text(
    'Dieser Endpunkt ist ein WebSocket',
    'Senden Sie Upgrade: websocket, wie Browser es mit new WebSocket() tun.',
  ),
  body_too_large: text('Die Anfrage ist zu groß', 'Senden Sie höchstens 1.900.000 Bytes.'),
  unsupported_media_type: text(
    'Die Anfrage ist kein JSON',
    'Senden Sie Content-Type: application/json, unkomprimiert.',
  ),
  idempotency_key_reused: text(
    'Der Idempotency-Key wurde schon für eine andere Anfrage verwendet',
    'Verwenden Sie für eine neue Anfrage einen neuen.',
  ),
  too_many_attempts: text(
    'Zu viele falsche Passwörter',
    'Warten Sie die gezeigte Zeit ab, oder nehmen Sie ein Gerät, auf dem Sie schon angemeldet waren.',
  ),
  too_many_requests: text('Zu viele Anfragen', 'Warten Sie eine Minute, und versuchen Sie es noch einmal.'),
  internal_error: text(
    'In IGNY8 ist etwas schiefgegangen',
    'Versuchen Sie es noch einmal. Wenn es bleibt, nennen Sie dem Support die Nummer der Anfrage.',
  ),
  unsupported_platform: text('Diese Plattform wird noch nicht unterstützt', 'Verwenden Sie WordPress.'),
  unavailable: text('Vorübergehend nicht verfügbar', 'Versuchen Sie es gleich noch einmal.'),
  integration_inactive: text(
    'Die Verbindung ist abgeschaltet',
    'Schalten Sie sie in den Einstellungen der Website ein.',
  ),
}

/** German texts by the code of an error, a failed delivery or a finding of the doctor. */
export const errors: ProblemTexts = {
  ...apiErrors,
  ...limitErrors,
  ...linkErrors,
  ...deliveryErrors,
}
