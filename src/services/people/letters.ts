import { eq } from 'drizzle-orm'
import { users } from '../../db/schema/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { describeDevice } from '../../lib/device.ts'
import { type LetterKind, type MailLocale, sendMail } from '../mail/index.ts'
import type { Place } from './credentials.ts'

type LetterContext = Pick<ServiceContext<Actor>, 'db' | 'config' | 'now' | 'background'>

/** Who asks, from where: what a letter may say about it. */
export interface Client {
  headers: Headers
  place: Place
}

/** Whom a letter goes to. An unverified address may be a stranger's: it gets only what verifies it. */
interface Recipient {
  email: string
  emailVerified: boolean
}

const TO_UNVERIFIED: ReadonlySet<LetterKind> = new Set(['verify_email', 'confirm_new_email', 'reset_password'])

interface Letter {
  to: Recipient
  kind: LetterKind
  client: Client
  /** Path and fragment of a page of the app. A token stands in the fragment, which no server sees. */
  page: string
  params?: Record<string, string>
}

/** The language that the person's browser prefers, of those that we write. */
export function localeOf(headers: Headers): MailLocale {
  const [first = ''] = (headers.get('accept-language') ?? '').split(',')
  return first.trim().toLowerCase().startsWith('de') ? 'de' : 'en'
}

const sayWhen = (now: number, locale: MailLocale) =>
  `${new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(now)} UTC`

const sayDevice = ({ headers }: Client) => {
  const { browser, system } = describeDevice(headers.get('user-agent'))
  return [browser, system].filter((word) => word !== null).join(', ')
}

function sayPlace({ place: { city, country }, headers }: Client, locale: MailLocale): string {
  const name = country === null ? null : (new Intl.DisplayNames(locale, { type: 'region' }).of(country) ?? country)
  return [city, name].filter((word) => word !== null).join(', ') || (headers.get('cf-connecting-ip') ?? '')
}

/** Sends a letter about the recipient's own account, after the response. What is unknown is left out. */
export function sendLetter(ctx: LetterContext, { to, kind, client, page, params = {} }: Letter): void {
  if (!to.emailVerified && !TO_UNVERIFIED.has(kind)) return
  const locale = localeOf(client.headers)
  const known = { when: sayWhen(ctx.now(), locale), device: sayDevice(client), place: sayPlace(client, locale) }
  const said = Object.fromEntries(Object.entries({ ...known, ...params }).filter(([, value]) => value !== ''))
  const link = new URL(page, `${ctx.config.publicUrl}/`).href
  ctx.background(sendMail({ ctx, input: { to: to.email, kind, locale, params: { ...said, link } } }))
}

const CHANGES = {
  totp_on: { en: 'authenticator app set up', de: 'Authenticator-App eingerichtet' },
  totp_off: { en: 'authenticator app removed', de: 'Authenticator-App entfernt' },
  recovery_codes_renewed: { en: 'new recovery codes made', de: 'neue Wiederherstellungscodes erstellt' },
  recovery_code_used: { en: 'a recovery code was used', de: 'ein Wiederherstellungscode wurde benutzt' },
  passkey_added: { en: 'passkey added', de: 'Passkey hinzugefügt' },
  passkey_removed: { en: 'passkey removed', de: 'Passkey entfernt' },
} as const satisfies Record<string, Record<MailLocale, string>>

/** Tells a person that the way they sign in has changed. */
export async function tellFactorChange(
  ctx: Pick<ServiceContext<Actor>, 'db'> & LetterContext,
  userId: string,
  change: keyof typeof CHANGES,
  client: Client,
): Promise<void> {
  const [to] = await ctx.db.select().from(users).where(eq(users.id, userId)).limit(1)
  const params = { change: CHANGES[change][localeOf(client.headers)] }
  if (to) sendLetter(ctx, { to, kind: 'two_factor_changed', client, page: 'account', params })
}
