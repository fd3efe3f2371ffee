import { connectErrors } from './connect-errors.ts'
import { contentErrors } from './content-errors.ts'
import { deletionErrors } from './deletion-errors.ts'
import { bulkErrors } from './bulk-errors.ts'
import { keepingErrors } from './keeping-errors.ts'
import { operatorErrors } from './operator-errors.ts'

const text = (title: string, fix: string) => ({ title, fix })

/** Refusals because of what an account may have or will be, or of what is kept for repeats. */
export const limitErrors = {
  ...connectErrors,
  ...contentErrors,
  ...deletionErrors,
  ...keepingErrors,
  ...operatorErrors,
  ...bulkErrors,
  quota_exceeded: text(
    'Das Konto hat davon so viele, wie es haben darf',
    'Löschen Sie, was niemand mehr braucht, oder fragen Sie nach mehr. Die Seite „Nutzung“ zeigt alle Grenzen.',
  ),
  answer_not_kept: text(
    'Die Anfrage war schon erfolgreich; ihre Antwort war zu groß, um sie aufzuheben',
    'Senden Sie sie nicht noch einmal. Lesen Sie, was sie angelegt oder geändert hat.',
  ),
}
