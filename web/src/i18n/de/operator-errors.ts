const text = (title: string, fix: string) => ({ title, fix })

/** Refusals of operators' pages, and of accounts that operators have suspended. */
export const operatorErrors = {
  operator_factor_required: text(
    'Betreiber brauchen einen zweiten Faktor',
    'Richten Sie unter „Ihr Zugang“ eine Authenticator-App oder einen Passkey ein; wenn Sie das schon haben, melden Sie sich damit an.',
  ),
  person_not_found: text('Niemand hat diese E-Mail-Adresse', 'Die Person registriert sich zuerst mit dieser Adresse.'),
  person_unverified: text(
    'Die E-Mail-Adresse ist nicht bestätigt',
    'Die Person öffnet den Link aus der E-Mail, die sie nach der Registrierung bekommen hat.',
  ),
  account_suspended: text(
    'Das Konto ist gesperrt',
    'Nichts ist verloren: Was da ist, lässt sich lesen und exportieren. Inhaber des Kontos kennen den Grund und wissen, wen sie fragen können.',
  ),
  account_not_found: text('Konto nicht gefunden', 'Prüfen Sie die Id.'),
}
