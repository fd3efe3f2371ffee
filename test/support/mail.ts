import { readSink, type SunkMail } from '../../src/services/mail/index.ts'

/** Bindings of a Worker whose mails go to the sink. */
export const withSink = { MAIL_SINK: 'on' } as unknown as Partial<Env>

/** The mails to an address, newest first. */
export const mailsTo = (address: string): SunkMail[] => readSink(address)

/** The first link of a mail. */
export const linkIn = (mail: SunkMail | undefined): string => /https?:\/\/\S+/.exec(mail?.text ?? '')?.[0] ?? ''
