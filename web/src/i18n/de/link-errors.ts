const text = (title: string, fix: string) => ({ title, fix })

/** Errors between the API and a site, and findings on a site that answers or polls. */
export const linkErrors = {
  invalid_site_url: text(
    'Die Adresse der Website ist nicht gültig',
    'Geben Sie die Adresse als https:// und Domainnamen ein, ohne Benutzernamen und Port.',
  ),
  https_required: text(
    'Die Website hat kein HTTPS',
    'Richten Sie HTTPS ein (die meisten Hoster tun es kostenlos), und geben Sie die Adresse mit https:// ein.',
  ),
  private_address: text(
    'Die Adresse führt in ein privates Netz',
    'Geben Sie eine Adresse ein, die aus dem Internet erreichbar ist.',
  ),
  dns_failed: text(
    'Der Domainname wurde nicht gefunden',
    'Prüfen Sie die Schreibweise. Ist die Domain neu oder gerade umgezogen, warten Sie, bis ihre DNS-Einträge sichtbar sind.',
  ),
  unreachable: text(
    'Die Website war nicht erreichbar',
    'Prüfen Sie, ob sie sich außerhalb Ihres Netzes im Browser ohne Zertifikatswarnung öffnet, und ob ihre Firewall unsere Anfragen durchlässt.',
  ),
  connection_lost: text(
    'Die Verbindung zur Website brach ab',
    'Versuchen Sie es noch einmal. Wenn es bleibt, fragen Sie den Hoster, ob eine Firewall oder ein abstürzendes PHP die Anfragen beendet.',
  ),
  tls_error: text(
    'Das HTTPS-Zertifikat der Website ist nicht gültig',
    'Bitten Sie den Hoster, das Zertifikat zu erneuern oder eines für diesen Domainnamen einzurichten.',
  ),
  wordpress_timeout: text(
    'Die Website antwortete nicht rechtzeitig',
    'Versuchen Sie es noch einmal. Wenn es bleibt, fragen Sie den Hoster, warum Anfragen an /wp-json/ so lange dauern.',
  ),
  redirected_elsewhere: text(
    'Die Website leitet auf eine andere Adresse weiter',
    'Geben Sie die Adresse, auf die sie weiterleitet, als Adresse der Website ein.',
  ),
  too_many_redirects: text(
    'Die Website leitet im Kreis weiter',
    'Stellen Sie WordPress-Adresse und Website-Adresse unter Einstellungen → Allgemein auf die Adresse, die Besucher sehen, und leeren Sie die Caches.',
  ),
  redirect_loses_post: text(
    'Die Website leitet die REST-API weiter',
    'Geben Sie die Adresse, auf die sie weiterleitet (mit oder ohne www., https://), als Adresse der Website ein, und verbinden Sie neu.',
  ),
  redirect_broken: text(
    'Die Website antwortet mit einer fehlerhaften Weiterleitung',
    'Prüfen Sie die Weiterleitungsregeln des Servers oder eines Weiterleitungs-Plugins.',
  ),
  not_wordpress: text(
    'Unter dieser Adresse ist kein WordPress',
    'Geben Sie die Adresse der WordPress-Website selbst ein, mit ihrem Ordner, wenn sie in einem liegt.',
  ),
  answered_html: text(
    'Die Website antwortet mit einer Webseite statt mit Daten',
    'Leeren Sie die Seiten-Caches, und nehmen Sie /wp-json/ davon aus. Schalten Sie Code-Snippets und „Demnächst“-Modi ab, die die REST-API sperren.',
  ),
  login_wall: text(
    'Die Website verlangt eine Anmeldung',
    'Schalten Sie das Plugin ab, das eine Anmeldung erzwingt, oder nehmen Sie darin den Pfad /wp-json/igny8/v1/ aus.',
  ),
  basic_auth_required: text(
    'Die Website ist durch ein Passwort des Webservers geschützt',
    'Entfernen Sie den Passwortschutz (HTTP Basic Auth), oder nehmen Sie den Pfad /wp-json/igny8/v1/ davon aus.',
  ),
  captcha_page: text(
    'Der Hoster antwortet mit einem Captcha',
    'Bitten Sie den Hoster, den Pfad /wp-json/igny8/v1/ von seinem Bot-Schutz auszunehmen.',
  ),
  blocked_by_firewall: text(
    'Eine Firewall sperrt unsere Anfragen',
    'Erlauben Sie POST-Anfragen an /wp-json/igny8/v1/ im Sicherheits-Plugin, oder bitten Sie den Hoster, es in seiner Firewall zu tun.',
  ),
  rest_blocked: text(
    'Die REST-API der Website ist abgeschaltet',
    'Erlauben Sie die REST-API im Sicherheits-Plugin für Besucher, oder nehmen Sie darin den Namensraum igny8/v1 aus.',
  ),
  rest_not_found: text(
    'Die REST-API wurde nicht gefunden',
    'Öffnen Sie in wp-admin Einstellungen → Permalinks, und drücken Sie Speichern. Hilft das nicht, schalten Sie das Plugin oder Code-Snippet ab, das die REST-API entfernt, und prüfen Sie die Rewrite-Regeln des Servers.',
  ),
  plugin_not_found: text(
    'Das IGNY8-Plugin ist auf der Website nicht aktiv',
    'Installieren und aktivieren Sie das Plugin „IGNY8 Bridge“, und verbinden Sie danach neu.',
  ),
  plugin_too_old: text(
    'Das Plugin ist zu alt',
    'Bringen Sie das Plugin „IGNY8 Bridge“ auf die neueste Version, und verbinden Sie danach neu.',
  ),
  plugin_not_connected: text(
    'Das Plugin ist nicht verbunden',
    'Öffnen Sie in wp-admin Einstellungen → IGNY8, und drücken Sie Verbinden.',
  ),
  signature_rejected: text(
    'Die Website hat unsere Signatur abgelehnt',
    'Öffnen Sie in wp-admin Einstellungen → IGNY8, trennen und verbinden Sie neu.',
  ),
  signature_removed: text(
    'Etwas auf dem Weg entfernt unsere Signatur',
    'Fragen Sie den Hoster, welcher Proxy oder welche Sicherheitsregel Request-Header entfernt, die mit „webhook-“ beginnen, und lassen Sie /wp-json/igny8/v1/ davon ausnehmen.',
  ),
  body_changed: text(
    'Etwas auf dem Weg verändert unsere Anfragen',
    'Nehmen Sie /wp-json/igny8/v1/ in dem Sicherheits-Plugin oder Proxy aus, der den Inhalt von Anfragen verändert.',
  ),
  clock_skew: text(
    'Die Uhr der Website geht falsch',
    'Bitten Sie den Hoster, die Uhr des Servers zu stellen (NTP). Höchstens fünf Minuten Abweichung sind möglich.',
  ),
  other_integration: text(
    'Die Website ist mit einer anderen Verbindung verbunden',
    'Trennen Sie in den Einstellungen des Plugins, und verbinden Sie neu mit dem API-Schlüssel dieser Website.',
  ),
  clone_detected: text(
    'Eine Kopie der Website antwortet an ihrer Stelle',
    'Öffnen Sie in wp-admin der Kopie Einstellungen → IGNY8, und wählen Sie, ob die Website umgezogen ist, dies eine Kopie ist, oder beide Adressen eine Website sind.',
  ),
  request_rejected: text(
    'Die Website hat die Anfrage nicht verstanden',
    'Aktualisieren Sie das Plugin. Ist es aktuell, fragen Sie den Hoster, ob ein Proxy oder eine Firewall unsere Anfragen verändert.',
  ),
  request_too_large: text(
    'Die Website nimmt Anfragen dieser Größe nicht an',
    'Bitten Sie den Hoster, Anfragen von 2 MB zu erlauben (client_max_body_size, post_max_size).',
  ),
  command_failed: text(
    'Das Plugin konnte einen Befehl nicht ausführen',
    'Lesen Sie die Einzelheiten. Mehr steht im Protokoll des Plugins in wp-admin.',
  ),
  wordpress_error: text(
    'Die Website antwortete mit einem Fehler',
    'Suchen Sie im PHP-Protokoll der Website nach einem schweren Fehler: Vielleicht ist ein Plugin oder Theme abgestürzt.',
  ),
  wordpress_busy: text(
    'Die Website ist ausgelastet oder wird gewartet',
    'Nichts zu tun: Wir versuchen es automatisch wieder.',
  ),
  response_too_large: text(
    'Die Antwort der Website ist zu groß',
    'Aktualisieren Sie das Plugin. Ist es aktuell, hängt ein anderes Plugin etwas an die Antworten der Website an.',
  ),
  response_truncated: text(
    'Die Antwort der Website brach ab',
    'Versuchen Sie es noch einmal. Wenn es bleibt, fragen Sie den Hoster nach den Grenzen von PHP für Speicher und Zeit.',
  ),
  response_empty: text(
    'Die Antwort der Website ist leer',
    'Suchen Sie im PHP-Protokoll der Website nach einem schweren Fehler.',
  ),
  response_not_json: text(
    'Die Antwort der Website ist kein gültiges JSON',
    'Suchen Sie ein Plugin, das die Ausgabe der REST-API verändert, zum Beispiel einen Optimierer.',
  ),
  response_leading_garbage: text(
    'Vor der Antwort der Website wird etwas ausgegeben',
    'Setzen Sie WP_DEBUG_DISPLAY in wp-config.php auf false. Was ausgegeben wird, steht in den Einzelheiten.',
  ),
  response_trailing_garbage: text(
    'Nach der Antwort der Website wird etwas ausgegeben',
    'Suchen Sie das Plugin oder Theme, das an jede Antwort etwas anhängt. Was es ist, steht in den Einzelheiten.',
  ),
  response_unsigned: text(
    'Die Antwort der Website ist nicht signiert',
    'Nehmen Sie /wp-json/igny8/v1/ von Caches und Optimierern aus, da sie die Antwort verändern. Hilft das nicht, verbinden Sie neu.',
  ),
  response_invalid: text(
    'Die Antwort der Website entspricht nicht dem Protokoll',
    'Aktualisieren Sie das Plugin auf die neueste Version.',
  ),
  site_not_polling: text(
    'Die Website lässt sich nicht aufrufen und fragt auch nicht ab',
    'Lassen Sie einen externen Cron die Adresse unter Einstellungen → IGNY8 aufrufen, damit die Website regelmäßig abfragt. Es hilft auch, einmal wp-admin zu öffnen.',
  ),
  waiting_for_site: text(
    'Wartet auf die nächste Abfrage der Website',
    'Nichts zu tun: Die Website lässt sich von außen nicht aufrufen; die Arbeit wartet, bis sie abfragt.',
  ),
  plugin_outdated: text(
    'Das Plugin ist zu alt',
    'Aktualisieren Sie das Plugin „IGNY8 Bridge“ auf die neueste Version.',
  ),
  clock_off: text(
    'Die Uhr der Website weicht ab',
    'Bitten Sie den Hoster, die Uhr des Servers zu stellen (NTP). Ab fünf Minuten Abweichung wird jede Nachricht abgelehnt.',
  ),
  changes_not_noted: text(
    'Das Plugin kann Änderungen nicht aufzeichnen',
    'Geben Sie dem Datenbankbenutzer von WordPress das Recht, Tabellen anzulegen; deaktivieren und aktivieren Sie danach das Plugin.',
  ),
  outbox_lagging: text(
    'Änderungen auf der Website warten auf den Versand',
    'Prüfen Sie, ob die Website die IGNY8-API erreicht und ob ihr Cron läuft. Keine Änderung geht verloren.',
  ),
  acting_user_unusable: text(
    'Das Plugin hat keinen Benutzer, als der es schreiben kann',
    'Wählen Sie in wp-admin unter Einstellungen → IGNY8 einen anderen Benutzer. Bis dahin werden Änderungen aus IGNY8 abgelehnt.',
  ),
  acting_user_default: text(
    'Niemand hat gewählt, als wer das Plugin schreibt',
    'Es schreibt als der erste Administrator. Um das zu ändern, wählen Sie in wp-admin unter Einstellungen → IGNY8 einen Benutzer.',
  ),
  acting_user_able: text('Das Plugin hat einen Benutzer, als der es schreiben kann', ''),
  cron_stale: text(
    'Geplante Aufgaben der Website laufen nicht',
    'Lassen Sie den Hoster alle fünf Minuten wp-cron.php aufrufen, oder entfernen Sie DISABLE_WP_CRON aus wp-config.php.',
  ),
  schedule_missed: text(
    'Geplante Beiträge wurden nicht veröffentlicht',
    'Veröffentlichen Sie die genannten Beiträge in wp-admin, oder geben Sie ihnen ein neues Datum. Lassen Sie den Hoster alle fünf Minuten wp-cron.php aufrufen.',
  ),
  memory_low: text(
    'PHP hat sehr wenig Speicher',
    'Setzen Sie WP_MEMORY_LIMIT in wp-config.php auf 128M oder mehr, oder fragen Sie den Hoster.',
  ),
  time_limit_low: text(
    'PHP darf nur sehr kurz laufen',
    'Bitten Sie den Hoster, max_execution_time auf 30 Sekunden oder mehr zu stellen.',
  ),
  served_by_polling: text(
    'Die Website lässt sich nicht aufrufen und fragt deshalb IGNY8 ab',
    'Nichts zu tun: Sie wird weiter abgeglichen. Damit Änderungen sofort ankommen, beheben Sie, was unsere Aufrufe sperrt.',
  ),
  callable_again: text(
    'Die Website lässt sich wieder aufrufen',
    'Nichts zu tun: Nach der nächsten Prüfung rufen wir sie wieder auf. Mit einem Test der Verbindung geschieht das sofort.',
  ),
  header_stripped: text(
    'Etwas auf dem Weg entfernt Kopfzeilen unserer Anfragen',
    'Der Abgleich funktioniert ohne sie, aber der Support kann die Protokolle beider Seiten nicht zuordnen. Bitten Sie den Hoster, sie durchzulassen.',
  ),
  address_rewritten: text(
    'WordPress sieht eine andere Adresse als die, die wir aufrufen',
    'Wenn Links oder Weiterleitungen nicht stimmen, lassen Sie den Proxy die Kopfzeilen Host und X-Forwarded-Proto weitergeben.',
  ),
  served_from_cache: text(
    'Vor der REST-API steht ein Seiten-Cache',
    'Nehmen Sie /wp-json/igny8/v1/ von Seiten-Caches aus.',
  ),
  rest_index_blocked: text(
    'Das Verzeichnis der REST-API ist gesperrt, die Adressen des Plugins sind offen',
    'Nichts zu tun: Ein Sicherheits-Plugin sperrt den Rest.',
  ),
  permalinks_plain: text(
    'Die Website hat einfache Permalinks',
    'Nichts zu tun: Wir verwenden stattdessen ?rest_route=.',
  ),
  cron_disabled: text(
    'WP-Cron ist abgeschaltet',
    'Sorgen Sie dafür, dass der Hoster alle fünf Minuten wp-cron.php aufruft.',
  ),
  schedule_late: text(
    'Geplante Beiträge erscheinen zu spät',
    'Das Plugin veröffentlicht sie. Damit sie pünktlich erscheinen, lassen Sie den Hoster alle fünf Minuten wp-cron.php aufrufen.',
  ),
  sync_paused: text(
    'Der Abgleich ist in den Einstellungen des Plugins abgeschaltet',
    'Schalten Sie ihn unter Einstellungen → IGNY8 ein, wenn er laufen soll.',
  ),
  answered: text('Das Plugin antwortet mit gültiger Signatur', ''),
  headers_arrive: text('Methode, Kopfzeilen und Inhalt kommen so an, wie sie gesendet wurden', ''),
  clock_right: text('Die Uhr geht richtig', ''),
  cron_runs: text('Geplante Aufgaben laufen', ''),
  schedule_kept: text('Geplante Beiträge erscheinen pünktlich', ''),
  changes_sent: text('Jede aufgezeichnete Änderung wurde gesendet', ''),
  php_sufficient: text('PHP hat genug Speicher und Zeit', ''),
}
