const text = (title: string, fix: string) => ({ title, fix })

/** Refusals of deletions, and of people who are in no account. */
export const deletionErrors = {
  no_account: text(
    'Sie sind in keinem Konto Mitglied',
    'Bitten Sie um eine Einladung, oder legen Sie ein neues Konto an.',
  ),
  deletion_not_found: text('Es ist keine Löschung vorgemerkt', 'Es gibt nichts aufzuhalten.'),
  has_account: text(
    'Sie sind in einem Konto',
    'Arbeiten Sie in diesem Konto. Ein weiteres gibt es für Personen, die in keinem sind.',
  ),
  sole_owner: text(
    'Ein Konto gehört Ihnen allein',
    'Machen Sie dort eine andere Person zum Inhaber, oder löschen Sie auch dieses Konto.',
  ),
  deletion_running: text('Die Löschung hat begonnen', 'Sie lässt sich nicht mehr aufhalten.'),
  person_leaving: text('Sie werden gelöscht', 'Brechen Sie erst Ihre Löschung unter „Ihr Zugang“ ab.'),
  account_leaving: text('Das Konto wird gelöscht', 'Inhaber können die Löschung unter „Ihr Zugang“ aufhalten.'),
}
