import { Mark, mergeAttributes, Node } from '@tiptap/core'
import { Code } from '@tiptap/extension-code'
import { isHarmlessLink } from '../model/html.ts'

/** Code can have other marks beside it: a link whose text is code, for example. */
export const InlineCode = Code.extend({ excludes: '' })

/** A link. One that would run something is kept in the text, and never followed from here. */
export const Link = Mark.create({
  name: 'link',
  priority: 1000,
  inclusive: false,
  addAttributes: () => ({
    href: { default: '' },
    others: { default: [], rendered: false, parseHTML: () => [] },
  }),
  parseHTML: () => [
    { tag: 'a[href]', getAttrs: (element) => (isHarmlessLink(element.getAttribute('href') ?? '') ? null : false) },
  ],
  renderHTML({ HTMLAttributes: { href } }: { HTMLAttributes: Record<string, unknown> }) {
    const address = String(href)
    return ['a', { ...(isHarmlessLink(address) && { href: address, title: address }), rel: 'noopener nofollow' }, 0]
  },
})

/** Elements that are shown as they are. They have no attributes here, so they can do nothing. */
const PLAIN = ['abbr', 'cite', 'del', 'ins', 'kbd', 'mark', 'q', 'samp', 'small', 'sub', 'sup', 'u', 'var', 'b', 'i']
/** Those that are taken over from pasted text. */
const PASTED = ['del', 'ins', 'kbd', 'mark', 'sub', 'sup', 'u']

/** An element inside a text that the editor has no button for. It stays as it is, with its attributes. */
export const KeptMark = Mark.create({
  name: 'kept',
  excludes: '',
  inclusive: false,
  addAttributes: () => ({
    tag: { default: 'span', rendered: false },
    attributes: { default: [], rendered: false, parseHTML: () => [] },
    n: { default: 0, rendered: false, parseHTML: () => 0 },
  }),
  parseHTML: () => PASTED.map((tag) => ({ tag, getAttrs: () => ({ tag, attributes: [], n: 0 }) })),
  renderHTML({ mark }) {
    const tag = PLAIN.find((name) => name === mark.attrs['tag']) ?? 'span'
    return [tag, { 'data-kept': String(mark.attrs['tag']) }, 0]
  },
})

/** A part of a text that can only be kept as a whole, such as an image between two words: a label stands for it. */
export const KeptInline = Node.create({
  name: 'keptInline',
  group: 'inline',
  inline: true,
  atom: true,
  addAttributes: () => ({ html: { default: '', rendered: false } }),
  renderHTML({ node, HTMLAttributes }) {
    const tag = /^<([a-z0-9]+)/i.exec(String(node.attrs['html']))?.[1] ?? ''
    return ['span', mergeAttributes(HTMLAttributes, { 'data-kept-inline': '' }), `<${tag}>`]
  },
  renderText: () => '',
})
