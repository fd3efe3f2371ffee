/** Cleans what is pasted: Word and Google Docs bring their own markup, of which only the meaning is kept. */
import { parseHtml } from './model/html.ts'

const DROPPED =
  'script, style, meta, link, title, xml, template, noscript, iframe, object, embed, form, input, button, svg'

function rename(element: Element, tag: string): void {
  const renamed = element.ownerDocument.createElement(tag)
  renamed.append(...element.childNodes)
  element.replaceWith(renamed)
}

const unwrap = (element: Element) => element.replaceWith(...element.childNodes)

const styleOf = (element: Element) => (element.getAttribute('style') ?? '').toLowerCase().replaceAll(/\s/g, '')

/** Spans and bold elements by what their style means: Google Docs wraps a whole document in a `b` that is not bold. */
function readStyles(body: HTMLElement): void {
  for (const element of body.querySelectorAll('b, i, span, font')) {
    const style = styleOf(element)
    const isBold =
      /font-weight:(?:bold|[6-9]00)/.test(style) || (element.localName === 'b' && !style.includes('font-weight:normal'))
    const isItalic =
      style.includes('font-style:italic') || (element.localName === 'i' && !style.includes('font-style:normal'))
    const isStruck = /text-decoration[a-z-]*:[^;]*line-through/.test(style)
    const tags = [...(isBold ? ['strong'] : []), ...(isItalic ? ['em'] : []), ...(isStruck ? ['s'] : [])]
    for (const tag of tags) {
      const wrapped = element.ownerDocument.createElement(tag)
      wrapped.append(...element.childNodes)
      element.append(wrapped)
    }
    unwrap(element)
  }
}

const MARKER = /^[\s\u00a0]*(?:[·•▪o§\-–]|(\d+|[a-z])[.)])[\s\u00a0]+/i

/** Word writes list items as paragraphs with a marker in their text. */
function readWordLists(body: HTMLElement): void {
  let list = null as Element | null
  for (const paragraph of body.querySelectorAll('p')) {
    const isItem = /mso-list:(?!none)/.test(styleOf(paragraph)) || /MsoListParagraph/.test(paragraph.className)
    if (!isItem) {
      list = null
      continue
    }
    const marker = MARKER.exec(paragraph.textContent ?? '')
    const tag = marker?.[1] === undefined ? 'ul' : 'ol'
    if (list?.localName !== tag || list.nextElementSibling !== paragraph) {
      list = paragraph.ownerDocument.createElement(tag)
      paragraph.before(list)
    }
    for (const ignored of paragraph.querySelectorAll('[style*="mso-list"]')) ignored.remove()
    const item = paragraph.ownerDocument.createElement('li')
    item.append(...paragraph.childNodes)
    const [first] = item.childNodes
    if (first?.nodeType === Node.TEXT_NODE) first.textContent = (first.textContent ?? '').replace(MARKER, '')
    list.append(item)
    paragraph.remove()
  }
}

function removeComments(body: HTMLElement): void {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT)
  const comments: ChildNode[] = []
  while (walker.nextNode()) comments.push(walker.currentNode as Comment)
  for (const comment of comments) comment.remove()
}

/** The address of a link without the detour that Google Docs makes. */
function straighten(link: Element): void {
  const detour = /^https:\/\/www\.google\.com\/url\?(.*)$/.exec(link.getAttribute('href') ?? '')
  const target = detour && new URLSearchParams(detour[1]).get('q')
  if (target) link.setAttribute('href', target)
}

export interface Cleaned {
  html: string
  /** Images that had no address, only their data. */
  droppedImages: number
}

/** Pasted HTML without what only its program understands, and without images that have no address. */
export function cleanPaste(html: string): Cleaned {
  const body = parseHtml(html)
  removeComments(body)
  readWordLists(body)
  for (const element of body.querySelectorAll(DROPPED)) element.remove()
  for (const element of body.querySelectorAll('*')) if (element.localName.includes(':')) unwrap(element)
  readStyles(body)
  for (const link of body.querySelectorAll('a[href]')) straighten(link)
  let droppedImages = 0
  for (const image of body.querySelectorAll('img')) {
    if (/^https?:\/\//i.test(image.getAttribute('src') ?? '')) continue
    image.remove()
    droppedImages++
  }
  for (const element of body.querySelectorAll('h1')) rename(element, 'h2')
  for (const element of body.querySelectorAll('del, strike')) rename(element, 's')
  for (const element of body.querySelectorAll('*')) {
    for (const name of element.getAttributeNames()) {
      if (
        !['href', 'src', 'alt', 'colspan', 'rowspan', 'start', 'data-card'].includes(name) &&
        !name.startsWith('data-pm')
      )
        element.removeAttribute(name)
    }
  }
  return { html: body.innerHTML, droppedImages }
}
