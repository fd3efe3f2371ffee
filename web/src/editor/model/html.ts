import type { BlockAttributes, TagAttributes } from './types.ts'

let inert: Document | undefined

/** Parses HTML as the content of a page, in a document without a window: nothing is loaded and nothing runs there. */
export function parseHtml(html: string): HTMLElement {
  inert ??= document.implementation.createHTMLDocument('')
  const body = inert.createElement('body')
  body.innerHTML = html
  return body
}

export const attributesOf = ({ attributes }: Element, without: readonly string[] = []): TagAttributes =>
  [...attributes].filter(({ name }) => !without.includes(name)).map(({ name, value }) => [name, value])

/** Text as WordPress writes it in HTML. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\u00a0', '&nbsp;')

const escapeAttribute = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Attributes as they follow the name of a tag, with a leading space. */
export const attributesText = (attributes: TagAttributes): string =>
  attributes.map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`).join('')

/** Attributes of a block comment, escaped as WordPress' own serializer does, with a trailing space; empty without any. */
export function blockAttributesText(attributes: BlockAttributes): string {
  if (Object.keys(attributes).length === 0) return ''
  const json = JSON.stringify(attributes)
    .replaceAll('\\\\', '\\u005c')
    .replaceAll('--', '\\u002d\\u002d')
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\\"', '\\u0022')
  return `${json} `
}

/** Whether a node is blank text. */
export const isBlank = (node: Node): boolean =>
  node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() === ''

export const isElement = (node: Node | undefined): node is Element => node?.nodeType === Node.ELEMENT_NODE

/** The only element of some HTML; null if there is more, or other text. */
export function onlyElement(parent: Node): Element | null {
  const [first, ...rest] = [...parent.childNodes].filter((node) => !isBlank(node))
  return isElement(first) && rest.length === 0 ? first : null
}

const HARMLESS_SCHEME = /^(?:https?|mailto|tel|sms|ftp):/i
const ANY_SCHEME = /^[a-z][a-z0-9+.-]*:/i

/** Whether following a link can't run anything: it leads to an address, or to a place of the same site. */
export function isHarmlessLink(href: string): boolean {
  // oxlint-disable-next-line no-control-regex -- browsers ignore control characters in a scheme
  const plain = href.replaceAll(/[\u0000-\u0020\u007f-\u009f]/g, '')
  return !ANY_SCHEME.test(plain) || HARMLESS_SCHEME.test(plain)
}

/** Whether an image can be shown: by an address of the web, or from its own data. */
export const isImageAddress = (src: string): boolean => /^(?:https?:\/\/|\/|data:image\/)/i.test(src.trim())
