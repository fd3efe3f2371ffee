import { Node } from '@tiptap/core'
import { ReactNodeViewRenderer } from '@tiptap/react'
import { isImageAddress } from '../model/html.ts'
import { CardView } from '../views/card-view.tsx'
import { EmbedView } from '../views/embed-view.tsx'
import { ImageView } from '../views/image-view.tsx'

const HIDDEN = { rendered: false }

/** An image in a body, with alternative text and caption. */
export const Image = Node.create({
  name: 'image',
  group: 'block',
  atom: true,
  draggable: true,
  addAttributes: () => ({ src: { default: '' }, alt: { default: '' }, caption: { default: '', ...HIDDEN } }),
  // images that come with pasted text as data would make the body as large as they are: see paste.ts
  parseHTML: () => [
    {
      tag: 'img[src]',
      getAttrs: (element) => {
        const src = element.getAttribute('src') ?? ''
        return isImageAddress(src) && !src.startsWith('data:') ? null : false
      },
    },
  ],
  renderHTML: ({ HTMLAttributes }) => ['img', HTMLAttributes],
  addNodeView: () => ReactNodeViewRenderer(ImageView),
})

/** A video, post or the like from elsewhere, by its address. */
export const Embed = Node.create({
  name: 'embed',
  group: 'block',
  atom: true,
  draggable: true,
  addAttributes: () => ({ url: { default: '' } }),
  renderHTML: ({ node }) => ['p', String(node.attrs['url'])],
  addNodeView: () => ReactNodeViewRenderer(EmbedView),
})

/** Sources of the cards that were copied on this page. Pasted HTML only names one, so no other page can bring its own. */
const copied = new Map<string, { name: string | null; source: string }>()
const MAX_COPIED = 200

function keepCopy(card: { name: string | null; source: string }): string {
  const key = crypto.randomUUID()
  copied.set(key, card)
  const [oldest] = copied.keys()
  if (copied.size > MAX_COPIED && oldest !== undefined) copied.delete(oldest)
  return key
}

/** What the editor can't edit: shown as a card, and kept byte for byte. */
export const Card = Node.create({
  name: 'card',
  group: 'block',
  atom: true,
  draggable: true,
  addAttributes: () => ({ name: { default: null, ...HIDDEN }, source: { default: '', ...HIDDEN } }),
  parseHTML: () => [
    { tag: 'div[data-card]', getAttrs: (element) => copied.get(element.getAttribute('data-card') ?? '') ?? false },
  ],
  renderHTML: ({ node }) => ['div', { 'data-card': keepCopy(node.attrs as { name: string | null; source: string }) }],
  addNodeView: () => ReactNodeViewRenderer(CardView),
})
