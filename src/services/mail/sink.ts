/**
 * Where mails go instead of to people, with `npm start` and in tests (`MAIL_SINK`, which the configuration refuses in
 * production). They stay in this instance's memory: nothing of a person is left on a disk, and a restart forgets them.
 */
import type { Mail } from './transport.ts'

/** Mails kept; older ones are dropped. */
const MOST_KEPT = 100

export interface SunkMail extends Mail {
  /** Milliseconds since 1970. */
  at: number
}

const kept: SunkMail[] = []

export function sink(mail: Mail, at: number): void {
  kept.push({ ...mail, at })
  if (kept.length > MOST_KEPT) kept.shift()
}

/** The mails kept, newest first; to one address, if it is given. */
export const readSink = (to?: string): SunkMail[] =>
  kept.filter((mail) => to === undefined || mail.to.toLowerCase() === to.toLowerCase()).toReversed()

export function emptySink(): void {
  kept.length = 0
}
