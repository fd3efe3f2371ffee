/** Most addresses that an item names. */
const MOST = 50

/** Most tags that are looked at, and characters of one: the work stays small whatever the body. */
const MOST_TAGS = 500
const TAG_CHARACTERS = 4000
const TAG = /^<img\b(?:[^>"']|"[^"]*"|'[^']*')*>/i
const SOURCE = /\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i
const IN_LIBRARY = /\bwp-image-\d/

const unescape = (text: string) => text.replaceAll('&#38;', '&').replaceAll('&#038;', '&').replaceAll('&amp;', '&')

/**
 * Images of a body that its site does not serve and that are not in its library: the plugin could not fetch them, or
 * nobody asked it to.
 */
export function externalImages(body: string, postUrl: string | null): string[] {
  if (postUrl === null || !URL.canParse(postUrl)) return []
  const { host } = new URL(postUrl)
  const found = new Set<string>()
  let looked = 0
  for (const { index } of body.matchAll(/<img\b/gi)) {
    if (++looked > MOST_TAGS || found.size === MOST) break
    const [tag = ''] = TAG.exec(body.slice(index, index + TAG_CHARACTERS)) ?? []
    const [, ...quoted] = SOURCE.exec(tag) ?? []
    const source = unescape(quoted.find((one) => one !== undefined) ?? '').trim()
    if (!/^(?:https?:)?\/\//i.test(source) || IN_LIBRARY.test(tag) || !URL.canParse(source, postUrl)) continue
    const url = new URL(source, postUrl)
    if (url.host !== host) found.add(url.href)
  }
  return [...found]
}
