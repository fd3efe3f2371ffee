import type { ProblemTexts } from '../en/errors.ts'
import { deliveryErrors } from './delivery-errors.ts'
import { linkErrors } from './link-errors.ts'

const text = (title: string, fix: string) => ({ title, fix })

const apiErrors = {
  malformed_json: text(
    'Die Anfrage ist kein gültiges JSON',
    'Laden Sie die Seite neu, und versuchen Sie es noch einmal.',
  ),
  validation_error: text(
    'Die Angaben sind nicht gültig',
    'Berichtigen Sie die genannten Felder, und senden Sie sie noch einmal.',
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
  item_too_large: text('Der Inhalt ist zu groß', 'Kürzen Sie ihn auf weniger als 1.500.000 Bytes.'),
  parent_not_found: text(
    'Der übergeordnete Inhalt gehört nicht zu dieser Website',
    'Wählen Sie einen Inhalt derselben Website.',
  ),
  unknown_content_type: text(
    'Diesen Inhaltstyp hat die Website nicht',
    'Wählen Sie einen Typ aus der Liste; ist er neu, lassen Sie zuerst die Struktur abgleichen.',
  ),
  invalid_cursor: text('Die Stelle in der Liste ist unbekannt', 'Beginnen Sie die Liste von vorn.'),
  invalid_idempotency_key: text('Der Idempotency-Key ist unbrauchbar', 'Senden Sie 1 bis 200 sichtbare ASCII-Zeichen.'),
  signature_missing: text(
    'Eine Kopfzeile des Webhooks fehlt',
    'Senden Sie webhook-id, webhook-timestamp und webhook-signature.',
  ),
  timestamp_out_of_range: text(
    'Die Zeit des Webhooks weicht zu weit ab',
    'Stellen Sie die Uhr der Website; fünf Minuten sind erlaubt.',
  ),
  signature_invalid: text(
    'Die Signatur des Webhooks stimmt nicht',
    'Verbinden Sie das Plugin neu, damit beide Seiten dasselbe Geheimnis haben.',
  ),
  credentials_missing: text('Sie sind nicht angemeldet', 'Melden Sie sich an.'),
  invalid_session: text('Die Sitzung ist nicht mehr gültig', 'Melden Sie sich neu an.'),
  invalid_credentials: text(
    'E-Mail-Adresse oder Passwort stimmt nicht',
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
    'Der API-Schlüssel gehört nicht zu dieser Website',
    'Verwenden Sie einen Schlüssel, der für diese Website erstellt wurde und noch gültig ist.',
  ),
  role_too_low: text('Ihre Rolle erlaubt das nicht', 'Fragen Sie einen Administrator oder Inhaber des Kontos.'),
  insufficient_scope: text(
    'Der API-Schlüssel erlaubt das nicht',
    'Verwenden Sie einen Schlüssel mit der genannten Berechtigung.',
  ),
  person_required: text('Das geht nicht mit einem API-Schlüssel', 'Melden Sie sich als Person an.'),
  user_inactive: text('Diese Person ist abgeschaltet', 'Fragen Sie einen Inhaber des Kontos.'),
  no_account: text('Sie gehören zu keinem Konto', 'Bitten Sie um eine Einladung.'),
  site_inactive: text('Die Website ist abgeschaltet', 'Schalten Sie die Website in ihren Einstellungen ein.'),
  origin_not_allowed: text(
    'Von hier aus darf nicht geschrieben werden',
    'Verwenden Sie die Web-App unter ihrer eigenen Adresse.',
  ),
  not_found: text('Nicht gefunden', 'Prüfen Sie die Adresse.'),
  demo_unavailable: text('Hier gibt es keine Demo', 'Melden Sie sich mit E-Mail-Adresse und Passwort an.'),
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
  run_not_found: text('Lauf nicht gefunden', 'Prüfen Sie die Adresse; alte Läufe werden vergessen.'),
  member_not_found: text('Mitglied nicht gefunden', 'Laden Sie die Liste der Mitglieder neu.'),
  endpoint_not_found: text(
    'Endpunkt nicht gefunden',
    'Prüfen Sie die Kennung; vielleicht wurde der Endpunkt gelöscht.',
  ),
  delivery_not_found: text('Zustellung nicht gefunden', 'Prüfen Sie die Kennung; alte Zustellungen werden vergessen.'),
  too_many_endpoints: text(
    'Das Konto hat so viele Endpunkte, wie es haben darf',
    'Löschen Sie einen, den Sie nicht mehr brauchen.',
  ),
  delivery_pending: text('Die Zustellung läuft noch', 'Warten Sie den nächsten Versuch ab.'),
  endpoint_inactive: text('Der Endpunkt ist ausgeschaltet', 'Schalten Sie ihn zuerst ein.'),
  invitation_not_found: text(
    'Einladung nicht gefunden',
    'Bitten Sie um eine neue Einladung, und nehmen Sie sie mit der E-Mail-Adresse an, für die sie gilt.',
  ),
  method_not_allowed: text('Das geht an dieser Adresse nicht', 'Verwenden Sie eine der erlaubten Methoden.'),
  no_conflict: text(
    'Diesen Konflikt gibt es nicht',
    'Laden Sie den Inhalt neu; vielleicht wurde der Konflikt inzwischen gelöst.',
  ),
  resolution_incomplete: text(
    'Ein Teil des Konflikts ist noch offen',
    'Wählen Sie für jedes Feld des Konflikts eine Seite.',
  ),
  nothing_to_undo: text(
    'Es gibt nichts rückgängig zu machen',
    'Nur die Lösung eines Konflikts lässt sich rückgängig machen, und nur einmal.',
  ),
  not_failed: text('Der Inhalt ist nicht fehlgeschlagen', 'Wiederholt wird nur, was fehlgeschlagen ist.'),
  item_deleted: text(
    'Der Inhalt wurde gelöscht',
    'Legen Sie einen neuen Inhalt an, oder lösen Sie den Konflikt, wenn es einen gibt.',
  ),
  item_unreadable: text(
    'Der Inhalt konnte noch nicht gelesen werden',
    'Beheben Sie, was sein Fehler nennt; danach lässt er sich bearbeiten.',
  ),
  integration_exists: text(
    'Die Website hat diese Verbindung schon',
    'Verwenden Sie die vorhandene, oder löschen Sie sie zuerst.',
  ),
  site_url_taken: text(
    'Eine andere Website hat diese Adresse',
    'Berichtigen oder löschen Sie die andere Website in IGNY8; ist diese hier eine Kopie, wählen Sie das in wp-admin.',
  ),
  sync_disabled: text(
    'Der Abgleich ist abgeschaltet',
    'Schalten Sie den Abgleich in den Einstellungen der Website ein.',
  ),
  email_taken: text('Für diese E-Mail-Adresse gibt es schon ein Konto', 'Melden Sie sich stattdessen an.'),
  already_member: text('Schon Mitglied', 'Ändern Sie stattdessen die Rolle des Mitglieds.'),
  last_owner: text('Ein Konto braucht einen Inhaber', 'Machen Sie zuerst jemand anderen zum Inhaber.'),
  api_key_inactive: text('Der API-Schlüssel ist nicht mehr aktiv', 'Erstellen Sie einen neuen Schlüssel.'),
  conflict: text('Es hat sich inzwischen geändert', 'Laden Sie die Seite neu, und wiederholen Sie die Änderung.'),
  request_in_progress: text(
    'Dieselbe Anfrage läuft noch',
    'Warten Sie einen Augenblick, und versuchen Sie es noch einmal.',
  ),
  upgrade_required: text('Diese Adresse ist ein WebSocket', 'Laden Sie die Seite neu.'),
  body_too_large: text('Die Anfrage ist zu groß', 'Senden Sie höchstens 1.900.000 Bytes.'),
  unsupported_media_type: text(
    'Die Anfrage ist kein JSON',
    'Senden Sie Content-Type: application/json, unkomprimiert.',
  ),
  idempotency_key_reused: text(
    'Der Idempotency-Key wurde schon für eine andere Anfrage verwendet',
    'Verwenden Sie für eine neue Anfrage einen neuen.',
  ),
  too_many_requests: text('Zu viele Anfragen', 'Warten Sie eine Minute, und versuchen Sie es noch einmal.'),
  internal_error: text(
    'Hier ist etwas schiefgegangen',
    'Versuchen Sie es noch einmal; wenn es bleibt, nennen Sie dem Support die Nummer der Anfrage.',
  ),
  unsupported_platform: text('Diese Plattform wird noch nicht unterstützt', 'Verwenden Sie WordPress.'),
  unavailable: text('Vorübergehend nicht verfügbar', 'Versuchen Sie es gleich noch einmal.'),
  integration_inactive: text(
    'Die Verbindung ist abgeschaltet',
    'Schalten Sie sie in den Einstellungen der Website ein.',
  ),
}

/** German, by the code of an error, of a link's or a delivery's failure, or of what the doctor found. */
export const errors: ProblemTexts = { ...apiErrors, ...linkErrors, ...deliveryErrors }
