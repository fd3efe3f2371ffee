import type { Extensions } from '@tiptap/core'
import { Placeholder } from '@tiptap/extensions'
import { StarterKit } from '@tiptap/starter-kit'
import { SourceAttributes } from './attributes.ts'
import { Item, Quote, QuoteSource, Tables } from './blocks.ts'
import { InlineCode, KeptInline, KeptMark, Link } from './inline.ts'
import { Card, Embed, Image } from './objects.ts'

/** What can be in a body. Markdown shortcuts come with the blocks and marks of the kit. */
export const extensions = (placeholder: string): Extensions => [
  StarterKit.configure({ blockquote: false, code: false, link: false, listItem: false, underline: false }),
  Placeholder.configure({ placeholder }),
  SourceAttributes,
  Item,
  Quote,
  QuoteSource,
  InlineCode,
  Link,
  KeptMark,
  KeptInline,
  ...Tables,
  Image,
  Embed,
  Card,
]
