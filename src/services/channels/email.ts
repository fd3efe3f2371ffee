import type { ConnectionChange } from '../../contract/notifications.ts'
import { allowsLoopback, type Config, type EmailConfig } from '../../config.ts'
import { postJson } from '../../lib/outbound-http.ts'
import { emailOutcome, type Outcome } from './outcome.ts'
import { STATES, type StoredMessage } from '../notifications/index.ts'

/** Sites that an e-mail lists; it links to the web app for the others. */
const MOST_NAMED = 50

interface EmailText {
  subject: string
  text: string
  html: string
}

interface Paragraph {
  title: string
  lines: string[]
  link?: { words: string; url: string }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escape = (text: string) => text.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char)

const inUtc = (timestamp: string) => `${timestamp.slice(0, 16).replace('T', ' ')} UTC`

function paragraphOf(change: ConnectionChange, publicUrl: string): Paragraph {
  const { site_name: name, to, from, reason, since, times } = change
  const lines = [
    `Was ${STATES[from]}${since === null ? '' : `; since ${inUtc(since)}`}.${times > 2 ? ` It changed ${times} times meanwhile.` : ''}`,
    ...(reason ? [`${reason.title}. ${reason.fix}`] : []),
  ]
  const url = `${publicUrl}/sites/${encodeURIComponent(change.site_id)}/connection`
  return { title: `${name} (${change.site_url}) is ${STATES[to]}`, lines, link: { words: 'Open the site', url } }
}

function paragraphsOf(message: StoredMessage, publicUrl: string): Paragraph[] {
  if (message.type === 'endpoint.failing') {
    const { name, host, since, detail, fix } = message.data
    const title = `The webhook “${name}” (${host}) has not been reached since ${inUtc(since)}`
    const lines = [
      `${detail} ${fix}`,
      'It stays switched on: messages are tried for three days, and can be delivered again after that.',
    ]
    return [{ title, lines, link: { words: 'Open notifications', url: `${publicUrl}/notifications` } }]
  }
  const { changes, more } = message.data
  const hidden = changes.length - MOST_NAMED
  const rest = Math.max(0, hidden) + more
  return [
    ...changes.slice(0, MOST_NAMED).map((change) => paragraphOf(change, publicUrl)),
    ...(rest > 0
      ? [{ title: `And ${rest} more`, lines: [], link: { words: 'Open all sites', url: `${publicUrl}/sites` } }]
      : []),
  ]
}

const toText = ({ title, lines, link }: Paragraph) =>
  [title, ...lines, ...(link ? [`${link.words}: ${link.url}`] : [])].join('\n')

const toHtml = ({ title, lines, link }: Paragraph) =>
  [
    `<h2 style="font-size:16px;margin:24px 0 4px">${escape(title)}</h2>`,
    ...lines.map((line) => `<p style="margin:4px 0">${escape(line)}</p>`),
    ...(link ? [`<p style="margin:4px 0"><a href="${escape(link.url)}">${escape(link.words)}</a></p>`] : []),
  ].join('\n')

/** Renders a message as an e-mail, in plain text and in HTML. All values are escaped in the HTML. */
export function composeEmail(message: StoredMessage, summary: string, publicUrl: string): EmailText {
  const settings = `${publicUrl}/notifications`
  const why = 'You get this because e-mail about connections is switched on for you.'
  const paragraphs = paragraphsOf(message, publicUrl)
  const text = [...paragraphs.map(toText), `${why} Change it: ${settings}`].join('\n\n')
  const html = [
    '<!doctype html><html lang="en"><body style="font-family:sans-serif;font-size:14px;line-height:1.5;color:#1a1b1e">',
    ...paragraphs.map(toHtml),
    `<p style="margin-top:32px;color:#5c5f66">${escape(why)} <a href="${escape(settings)}">Change it</a></p>`,
    '</body></html>',
  ].join('\n')
  return { subject: `IGNY8: ${summary}`.slice(0, 200), text, html }
}

const TIMEOUT_MS = 10_000

interface SendInput {
  email: EmailConfig
  environment: Config['environment']
  to: string
  text: EmailText
  /** The provider sends an e-mail once per key. */
  idempotencyKey: string
  now: number
}

/** Sends one e-mail through the configured provider. */
export async function sendEmail({ email, environment, to, text, idempotencyKey, now }: SendInput): Promise<Outcome> {
  const result = await postJson({
    url: email.apiUrl,
    headers: { authorization: `Bearer ${email.apiKey}`, 'idempotency-key': idempotencyKey },
    body: JSON.stringify({ from: email.from, to: [to], ...text }),
    timeoutMs: TIMEOUT_MS,
    allowLoopback: allowsLoopback({ environment }),
    now,
  })
  return emailOutcome(result)
}
