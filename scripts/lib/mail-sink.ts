import type { Client } from './client.ts'

interface SunkMail {
  kind: string
  text: string
}

/** The newest mail of a kind that a server with a sink would have sent to an address; undefined if there is none. */
export async function findMail(apiUrl: string, to: string, kind: string): Promise<SunkMail | undefined> {
  const response = await fetch(`${apiUrl}/dev/mail.json?to=${encodeURIComponent(to)}`)
  if (!response.ok) throw new Error(`the mail sink answers ${response.status}`)
  const { results } = (await response.json()) as { results: SunkMail[] }
  return results.find((mail) => mail.kind === kind)
}

/** The link of a mail. */
export function linkOf({ text }: SunkMail): URL {
  const [link] = /https?:\/\/\S+/.exec(text) ?? []
  if (link === undefined) throw new Error('the mail has no link')
  return new URL(link)
}

/** Verifies an address, as the person does who opens the mail. Nothing to do if no mail was sent. */
export async function verifyAddress(client: Client, apiUrl: string, email: string): Promise<void> {
  const mail = await findMail(apiUrl, email, 'verify_email')
  if (mail) await client.post('/auth/verify-email', { token: linkOf(mail).hash.slice('#token='.length) })
}
