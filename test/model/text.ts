const encoder = new TextEncoder()

/** Of the text in UTF-8. */
export const byteLength = (text: string): number =>
  /[\u0080-\uffff]/.test(text) ? encoder.encode(text).length : text.length

/** Order of UTF-8 bytes, which for characters outside the basic plane is not that of UTF-16. */
export function compareBytes(left: string, right: string): number {
  if (left === right) return 0
  const [a, b] = [encoder.encode(left), encoder.encode(right)]
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/**
 * `sanitize_title` of WordPress, as far as titles of tests need it: accents off, the rest of Unicode percent-encoded.
 */
export function sanitizeTitle(text: string): string {
  const plain = text
    .replaceAll(/<[^>]*>/g, '')
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll('ß', 's')
  return Array.from(plain, (char) =>
    /[\u0080-\u{10ffff}]/u.test(char) ? encodeURIComponent(char).toLowerCase() : char,
  )
    .join('')
    .replaceAll(/[./]/g, '-')
    .replaceAll(/[^%a-z0-9 _-]/g, '')
    .replaceAll(/\s+/g, '-')
    .replaceAll(/-{2,}/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 200)
}

/** Unix seconds as WordPress's GMT times on the wire; fractions never appear. */
export const formatTime = (timeS: number): string => new Date(timeS * 1000).toISOString().replace('.000Z', 'Z')
