import type { ConnectionChange } from '../../contract/notifications.ts'
import { plainWords } from '../../lib/plain-words.ts'
import type { ServiceContext } from '../context.ts'
import {
  deliverMail,
  type MailLocale,
  type MailText,
  type Paragraph,
  renderMail,
  unsubscribeNotices,
} from '../mail/index.ts'
import type { StoredMessage } from '../notifications/index.ts'
import { NOTICE_TEXTS, type NoticeTexts } from './notice-texts.ts'
import type { Outcome } from './outcome.ts'
import { securityLines, securitySubject } from './security-texts.ts'

/** Sites that an e-mail lists; it links to the web app for the others. */
const MOST_NAMED = 50

const inUtc = (timestamp: string) => `${timestamp.slice(0, 16).replace('T', ' ')} UTC`

const hostOf = (url: string) => URL.parse(url)?.host ?? url

function paragraphOf(change: ConnectionChange, texts: NoticeTexts, publicUrl: string): Paragraph {
  const { site_name: name, site_url: address, to, from, reason, since, times } = change
  const lines = [
    texts.was(texts.states[from], since === null ? null : inUtc(since), times),
    ...(reason ? [texts.reason(reason)] : []),
  ]
  const url = `${publicUrl}/sites/${encodeURIComponent(change.site_id)}/connection`
  const site = `${plainWords(name)} (${plainWords(hostOf(address))})`
  return { title: texts.siteIs(site, texts.states[to]), lines, link: { words: texts.openSite, url } }
}

function paragraphsOf(message: StoredMessage, locale: MailLocale, publicUrl: string): Paragraph[] {
  const texts = NOTICE_TEXTS[locale]
  if (message.type === 'endpoint.failing') {
    const { name, host, since, detail, fix } = message.data
    const title = texts.endpointTitle(plainWords(name), plainWords(host), inUtc(since))
    const lines = [texts.endpointWhy({ detail: plainWords(detail), fix }), texts.endpointStays]
    return [{ title, lines, link: { words: texts.openNotifications, url: `${publicUrl}/notifications` } }]
  }
  if (message.type === 'connection.security') {
    const { site_id: siteId, site_name: name, site_url: address } = message.data
    const url = `${publicUrl}/sites/${encodeURIComponent(siteId)}/connection`
    const title = `${plainWords(name)} (${plainWords(hostOf(address))})`
    return [{ title, lines: securityLines(message, locale), link: { words: texts.openSite, url } }]
  }
  const { changes, more } = message.data
  const hidden = changes.length - MOST_NAMED
  const rest = Math.max(0, hidden) + more
  return [
    ...changes.slice(0, MOST_NAMED).map((change) => paragraphOf(change, texts, publicUrl)),
    ...(rest > 0
      ? [{ title: texts.more(rest), lines: [], link: { words: texts.openSites, url: `${publicUrl}/sites` } }]
      : []),
  ]
}

function subjectOf(message: StoredMessage, locale: MailLocale): string {
  const texts = NOTICE_TEXTS[locale]
  if (message.type === 'connection.security') return securitySubject(message, locale)
  if (message.type === 'endpoint.failing') return texts.endpointSubject
  const { changes, more } = message.data
  const [first] = changes
  if (first && changes.length === 1 && more === 0) return texts.subjectOfOne(first.to)
  const ready = changes.filter(({ to }) => to === 'ready').length
  return texts.subjectOfMany({ needing: changes.length - ready, ready, more })
}

/** Renders a message as an e-mail. Names are defused by {@link plainWords}, and none is in the subject. */
function composeEmail(message: StoredMessage, locale: MailLocale, publicUrl: string, unsubscribe: string): MailText {
  const texts = NOTICE_TEXTS[locale]
  return renderMail({
    locale,
    subject: `IGNY8: ${subjectOf(message, locale)}`,
    paragraphs: paragraphsOf(message, locale, publicUrl),
    foot: { lines: [texts.why], link: { words: texts.change, url: unsubscribe } },
  })
}

interface SendInput {
  to: string
  message: StoredMessage
  accountId: string
  userId: string
  /** The provider sends an e-mail once per key. */
  idempotencyKey: string
}

/** Sends a message as an e-mail, in the person's language, with headers by which it is left by one click. */
export async function sendEmail({
  ctx,
  input: { to, message, accountId, userId, idempotencyKey },
}: {
  ctx: Pick<ServiceContext, 'db' | 'config' | 'now'>
  input: SendInput
}): Promise<Outcome> {
  const kind = message.type === 'endpoint.failing' ? 'endpoint_failing' : 'connection_changed'
  const { url, headers } = await unsubscribeNotices(ctx.config, { accountId, userId })
  const compose = async (locale: MailLocale | null) => ({
    ...composeEmail(message, locale ?? 'en', ctx.config.publicUrl, url),
    headers,
  })
  return deliverMail(ctx, { to, kind, compose, idempotencyKey })
}
