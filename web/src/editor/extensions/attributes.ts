import { Extension } from '@tiptap/core'

const TOP = ['paragraph', 'heading', 'bulletList', 'orderedList', 'blockquote', 'codeBlock', 'horizontalRule', 'table']
const OWN = ['image', 'embed', 'card']
const SHELLED = [...TOP, 'image', 'listItem', 'tableCell', 'tableHeader']

/** An attribute that no pasted HTML can set, and that a new block after Enter does not take over. */
const HIDDEN = { default: null, keepOnSplit: false, rendered: false, parseHTML: () => null }

/** Where a block comes from, and what surrounded its content there (web/src/editor/model/types.ts). */
export const SourceAttributes = Extension.create({
  name: 'sourceAttributes',
  addGlobalAttributes: () => [
    { types: [...TOP, ...OWN], attributes: { origin: HIDDEN } },
    { types: SHELLED, attributes: { shell: HIDDEN } },
    { types: ['tableRow'], attributes: { section: HIDDEN } },
  ],
})
