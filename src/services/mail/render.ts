import type { MailLocale } from './kinds.ts'

/** A mail's three texts. */
export interface MailText {
  subject: string
  text: string
  html: string
}

export interface Paragraph {
  title?: string
  lines: readonly string[]
  link?: { words: string; url: string }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char)

const toText = ({ title, lines, link }: Paragraph) =>
  [...(title === undefined ? [] : [title]), ...lines, ...(link ? [`${link.words}: ${link.url}`] : [])].join('\n')

const toHtml = ({ title, lines, link }: Paragraph) =>
  [
    ...(title === undefined ? [] : [`<h2 style="font-size:16px;margin:24px 0 4px">${escapeHtml(title)}</h2>`]),
    ...lines.map((line) => `<p style="margin:4px 0">${escapeHtml(line)}</p>`),
    ...(link ? [`<p style="margin:4px 0"><a href="${escapeHtml(link.url)}">${escapeHtml(link.words)}</a></p>`] : []),
  ].join('\n')

interface Content {
  locale: MailLocale
  subject: string
  paragraphs: readonly Paragraph[]
  /** Why the recipient gets this, below the rest. */
  foot: Paragraph
}

/** A mail in plain text and in HTML. Every value is escaped in the HTML. */
export function renderMail({ locale, subject, paragraphs, foot }: Content): MailText {
  const html = [
    `<!doctype html><html lang="${locale}"><body style="font-family:sans-serif;font-size:14px;line-height:1.5;color:#1a1b1e">`,
    ...paragraphs.map(toHtml),
    `<div style="margin-top:32px;color:#5c5f66">${toHtml(foot)}</div>`,
    '</body></html>',
  ].join('\n')
  return { subject, text: [...paragraphs, foot].map(toText).join('\n\n'), html }
}
