const parser = new DOMParser()

/**
 * A title as people read it. WordPress keeps titles as HTML, so an ampersand is stored as `&amp;`; its entities are
 * decoded here, and markup stays visible as the characters that it is made of.
 */
export function titleText(title: string): string {
  if (!title.includes('&')) return title.trim()
  const inert = parser.parseFromString(title.replaceAll('<', '&lt;'), 'text/html')
  return (inert.documentElement.textContent ?? title).trim()
}
