import type { EvidenceStep } from '../../../contract/evidence.ts'

const MAX_URL_LENGTH = 200

/** A URL that may be shown: without user name and fragment, and of the query only WordPress's `rest_route`. */
export function describeUrl(url: URL): string {
  const route = url.searchParams.get('rest_route')
  const text = `${url.protocol}//${url.host}${url.pathname}${route === null ? '' : `?rest_route=${route}`}`
  return text.length > MAX_URL_LENGTH ? `${text.slice(0, MAX_URL_LENGTH)}…` : text
}

/** An excerpt of a site's answer: one line of at most `length` characters, without markup and control characters. */
export function excerpt(text: string, length = 120): string {
  const plain = text
    .slice(0, 20 * length)
    .replace(/<(script|style)\b[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
    // oxlint-disable-next-line no-control-regex -- removes control characters
    .replace(/[\s\u0000-\u001f\u007f-\u009f<>]+/g, ' ')
    .trim()
  return plain.length > length ? `${plain.slice(0, length)}…` : plain
}

/** Adds a note to the last step. */
export function note(evidence: EvidenceStep[], text: string): void {
  const step = evidence.at(-1)
  if (step) step.note = step.note ? `${step.note}; ${text}` : text
}
