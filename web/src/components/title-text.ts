const parser = new DOMParser()

/**
 * A title as plain text. WordPress stores titles as HTML, for example `&amp;` for an ampersand. Entities are decoded; markup stays
 * visible as text.
 */
export function titleText(title: string): string {
  if (!title.includes('&')) return title.trim()
  const inert = parser.parseFromString(title.replaceAll('<', '&lt;'), 'text/html')
  return (inert.documentElement.textContent ?? title).trim()
}
