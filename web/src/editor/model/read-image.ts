import { attributesOf, isBlank, isElement } from './html.ts'
import { type BlockAttributes, type NodeJson, type TagAttributes, unsupported } from './types.ts'

/** What surrounds the address, the alternative text and the caption of an image. */
export interface ImageShell {
  block: BlockAttributes
  figure: TagAttributes
  /** Attributes of the link round the image; null without one. */
  link: TagAttributes | null
  img: TagAttributes
  caption: TagAttributes
}

const childrenOf = (element: Element): Element[] =>
  [...element.childNodes]
    .filter((node) => !isBlank(node))
    .map((node) => (isElement(node) ? node : unsupported('text beside an image')))

/** @throws UnsupportedError if the figure is more than an image with its link and caption */
export function readFigure(figure: Element, block: BlockAttributes): NodeJson {
  if (figure.tagName !== 'FIGURE') return unsupported(figure.tagName)
  const [first, caption, ...more] = childrenOf(figure)
  if (!first || more.length > 0 || (caption && caption.tagName !== 'FIGCAPTION'))
    return unsupported('parts of a figure')
  const link = first.tagName === 'A' ? first : null
  const img = link ? childrenOf(link)[0] : first
  if (img?.tagName !== 'IMG' || (link && link.children.length > 1)) return unsupported('a figure without an image')
  const shell: ImageShell = {
    block,
    figure: attributesOf(figure),
    link: link && attributesOf(link),
    img: attributesOf(img, ['src', 'alt']),
    caption: caption ? attributesOf(caption) : [],
  }
  const attrs = {
    src: img.getAttribute('src') ?? '',
    alt: img.getAttribute('alt') ?? '',
    caption: caption?.innerHTML ?? '',
    shell,
  }
  return { type: 'image', attrs }
}
