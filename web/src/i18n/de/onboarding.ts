import type { onboarding as english } from '../en/onboarding.ts'

export const onboarding: typeof english = {
  title: 'Website verbinden',
  newTitle: 'Website hinzufügen',
  newText: 'Sie geben nur ihre Adresse ein. Der Rest geschieht in wp-admin, mit einem Klick.',
  viewer: 'Nur Redakteure und höhere Rollen können Websites verbinden',
  viewerText: 'Bitten Sie einen Administrator oder Inhaber des Kontos um eine andere Rolle.',
  adminOnly: 'Nur Administratoren und Inhaber können Websites hinzufügen',
  site: {
    heading: 'Welche Website?',
    url: 'Adresse der Website',
    urlHint: 'Wie Besucher sie sehen, mit ihrem Ordner, wenn WordPress in einem liegt.',
    urlPlaceholder: 'https://example.com',
    name: 'Name',
    nameHint: 'Ihr Name in IGNY8.',
    create: 'Hinzufügen und weiter',
    insecure: 'Websites im Internet brauchen https://. Ohne wird die Verbindung abgelehnt.',
    checkUrl: 'Geben Sie eine Webadresse ein, etwa https://example.com.',
    checkName: 'Geben Sie einen Namen ein.',
  },
  plugin: {
    needs: 'WordPress ab 6.1, PHP ab 7.4.',
    download: 'Plugin herunterladen',
    one: 'Laden Sie die Zip-Datei herunter. Entpacken Sie sie nicht.',
    two: 'Öffnen Sie in wp-admin <link>Plugins → Hinzufügen → Hochladen</link>, wählen Sie die Datei, und drücken Sie „Jetzt installieren“.',
    three: 'Drücken Sie „Plugin aktivieren“.',
  },
  now: {
    heading: 'Plugin auf {site} installieren',
    headingThere: '{site} verbinden',
    looking: 'Das Plugin wird auf {site} gesucht …',
    waiting: 'Es wird auf das Plugin gewartet. Diese Seite merkt von selbst, wenn es aktiv ist.',
    there: 'Das Plugin ist aktiv.',
    connected: 'Das Plugin antwortet und ist verbunden.',
    connect: 'Verbinden',
    asks: 'Das öffnet wp-admin der Website. Dort sehen Sie dieses Konto und was importiert wird, und bestätigen einmal. Vielleicht müssen Sie sich dort anmelden.',
    unknown:
      'IGNY8 kann die Website von hier aus nicht sehen. Verbinden kann sich das Plugin trotzdem: Installieren Sie es, und fahren Sie fort.',
    goOn: 'Das Plugin ist aktiv: verbinden',
    noRight:
      'Nur Administratoren und Inhaber können eine Website verbinden. Bitten Sie einen von ihnen, auch um einen Schlüssel dieser Website.',
  },
  connect: {
    heading: 'Stattdessen mit einem API-Schlüssel verbinden',
    byHand: 'In wp-admin',
    unattended: 'Ohne wp-admin',
    way: 'Art der Verbindung',
    makeKey: 'API-Schlüssel erstellen',
    makeAnother: 'Weiteren Schlüssel erstellen',
    keyText:
      'Das Plugin meldet sich mit einem API-Schlüssel dieser Website an. Er wird einmal gezeigt: Kopieren Sie ihn gleich.',
    keyLabel: 'API-Schlüssel',
    keyOnce: 'Er wird nur jetzt gezeigt. Geht er verloren, erstellen Sie einen anderen, und widerrufen Sie diesen.',
    hasKey:
      '{count, plural, one {Diese Website hat schon einen Schlüssel} other {Diese Website hat schon # Schlüssel}}. Der neueste ist {name} ({key}), erstellt {when}. Ein Schlüssel lässt sich nicht noch einmal zeigen: Wenn Sie ihn nicht haben, erstellen Sie einen anderen.',
    noRight:
      'Nur Administratoren und Inhaber können Schlüssel erstellen. Bitten Sie einen von ihnen um einen Schlüssel dieser Website.',
    openSettings: 'Öffnen Sie in wp-admin <link>Einstellungen → IGNY8</link>.',
    paste: 'Fügen Sie den API-Schlüssel ein, lassen Sie E-Mail-Adresse und Passwort leer, und drücken Sie Verbinden.',
    orPerson:
      'Ohne Schlüssel: Geben Sie dort E-Mail-Adresse und Passwort Ihres IGNY8-Kontos ein. Das Plugin erstellt dann selbst einen Schlüssel.',
    otherServer:
      'Das Plugin, das Sie hier heruntergeladen haben, kennt diesen Server. Haben Sie es von anderswo, wählen Sie den Server unter Einstellungen → IGNY8 oder in wp-config.php:',
    constants:
      'Fügen Sie diese Zeilen in wp-config.php ein, über „That’s all, stop editing!“. Das Plugin verbindet sich dann automatisch.',
    cli: 'Oder mit WP-CLI. Der letzte Befehl fragt nach dem Schlüssel, damit er in keiner Prozessliste steht.',
    details: 'Kennungen für den Support und eigene Werkzeuge',
    siteId: 'Kennung der Website',
    apiUrl: 'Adresse der API',
  },
  progress: {
    heading: 'Fortschritt',
    site: 'Die Website ist hinzugefügt',
    pluginNone: 'Das Plugin hat sich noch nicht gemeldet',
    pluginSeen: 'Das Plugin hat sich gemeldet',
    waiting: 'Diese Seite prüft alle paar Sekunden.',
    asOf: 'Geprüft',
    readyHeading: 'Verbunden und bereit',
    readyText: 'Das Plugin antwortet mit gültiger Signatur, und die Inhaltstypen der Website sind da.',
    readyTypes: '{types, plural, one {# Inhaltstyp} other {# Inhaltstypen}} gefunden.',
    readyAction: 'Inhaltstypen ansehen',
    troubleHelp: 'Einzelheiten auf der Seite Verbindung',
  },
}
