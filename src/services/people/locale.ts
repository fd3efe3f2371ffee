import { eq } from 'drizzle-orm'
import { type Locale, LOCALES } from '../../contract/people.ts'
import { users } from '../../db/schema/index.ts'
import type { Actor, ServiceContext } from '../context.ts'

/** The first language of `Accept-Language` that we write in; null if it names none. The web app sends the one chosen there. */
function readLocale(headers: Headers): Locale | null {
  const tags = (headers.get('accept-language') ?? '').slice(0, 200).split(',')
  const languages = tags.map((tag) => tag.trim().slice(0, 2).toLowerCase())
  const first = languages.find((language) => LOCALES.some((own) => own === language))
  return LOCALES.find((locale) => locale === first) ?? null
}

/** Keeps the language of a sign-in for mails. */
export async function rememberLocale(
  { db }: Pick<ServiceContext<Actor>, 'db'>,
  { userId, headers }: { userId: string; headers: Headers },
): Promise<void> {
  const locale = readLocale(headers)
  if (locale !== null) await db.update(users).set({ locale }).where(eq(users.id, userId))
}
