import * as fc from 'fast-check'
import { Fragment, type Node, type Schema } from '@tiptap/pm/model'
import { getSchema } from '@tiptap/core'
import { describe, expect, test } from 'vitest'
import { bodyOf, loadBody } from '../../src/editor/load.ts'
import { extensions } from '../../src/editor/extensions/index.ts'
import { readBody } from '../../src/editor/model/body.ts'
import CORE from './core-blocks.json' with { type: 'json' }

const schema: Schema = getSchema(extensions(''))

interface Loaded {
  doc: Node
  loaded: ReturnType<typeof loadBody>
}

function load(body: string): Loaded {
  const loaded = loadBody(schema, body)
  const { content } = loaded
  return {
    loaded,
    doc: schema.nodeFromJSON({ type: 'doc', content: content.length > 0 ? content : [{ type: 'paragraph' }] }),
  }
}

const throughEditor = (body: string): string => {
  const { doc, loaded } = load(body)
  return bodyOf(doc, loaded)
}

/** The body after this text was typed at the end of the first block of a kind. */
function typedInto(body: string, type: string, text: string): string {
  const { doc, loaded } = load(body)
  let done = false
  const content = doc.content.content.map((node) => {
    if (done || node.type.name !== type) return node
    done = true
    return node.copy(node.content.append(Fragment.from(schema.text(text))))
  })
  expect(done).toBe(true)
  return bodyOf(schema.node('doc', null, content), loaded)
}

const PARAGRAPH = '<!-- wp:paragraph -->\n<p>Our paragraph</p>\n<!-- /wp:paragraph -->'
const kindsOf = (body: string) => readBody(body).nodes.map(({ type }) => type)

test('sixty core blocks and more pass through the editor byte for byte', () => {
  expect(CORE.length).toBeGreaterThan(60)
  for (const { source } of CORE) expect(throughEditor(source)).toBe(source)
  const all = CORE.map(({ source }) => source).join('\n\n')
  expect(throughEditor(all)).toBe(all)
})

test('they stay byte for byte when a paragraph beside them is edited', () => {
  for (const { source } of CORE) {
    const body = `${source}\n\n${PARAGRAPH}\n\n${source}\n`
    const first = source.startsWith('<!-- wp:paragraph') ? source : PARAGRAPH
    if (first !== PARAGRAPH) continue
    expect(typedInto(body, 'paragraph', '!')).toBe(body.replace('Our paragraph', 'Our paragraph!'))
  }
})

test('paragraphs, headings, lists, quotes, code, tables, images and separators of WordPress can be edited', () => {
  const of = (name: string) => kindsOf(CORE.find((block) => block.name === name)?.source ?? '')
  expect(of('core/paragraph')).toEqual(['paragraph'])
  expect(of('core/heading')).toEqual(['heading'])
  expect(of('core/list')).toEqual(['bulletList'])
  expect(of('core/quote')).toEqual(['blockquote'])
  expect(of('core/code')).toEqual(['codeBlock'])
  expect(of('core/table')).toEqual(['table'])
  expect(of('core/image')).toEqual(['image'])
  expect(of('core/separator')).toEqual(['horizontalRule'])
  expect(of('core/columns')).toEqual(['card'])
})

describe('an edited block keeps what surrounds its text', () => {
  test.each([
    [
      'paragraph',
      '<!-- wp:paragraph {"align":"center","style":{"color":{"text":"#ff0000"}}} -->\n<p class="has-text-align-center has-text-color" style="color:#ff0000">A <kbd>b</kbd><kbd>c</kbd> <a href="https://example.com" target="_blank" rel="noreferrer noopener">d</a></p>\n<!-- /wp:paragraph -->',
    ],
    [
      'heading',
      '<!-- wp:heading {"level":3,"anchor":"x"} -->\n<h3 class="wp-block-heading" id="x">A &amp; b</h3>\n<!-- /wp:heading -->',
    ],
    [
      'codeBlock',
      '<!-- wp:code -->\n<pre class="wp-block-code"><code>a &lt; b\n  c &#91;d]</code></pre>\n<!-- /wp:code -->',
    ],
  ])('%s', (type, source) => {
    expect(kindsOf(source)).toEqual([type])
    const closing = source.lastIndexOf(type === 'codeBlock' ? '</code>' : source.includes('</h3>') ? '</h3>' : '</p>')
    expect(typedInto(source, type, '!')).toBe(`${source.slice(0, closing)}!${source.slice(closing)}`)
  })
})

test('what the editor does not know stays a card: custom blocks, HTML between blocks, markup that it can’t reproduce', () => {
  const custom = '<!-- wp:acme/price {"a":1} -->\n<div onclick="x()">1</div>\n<!-- /wp:acme/price -->'
  const odd = '<!-- wp:paragraph -->\n<p>A</p><p>B</p>\n<!-- /wp:paragraph -->'
  const body = `${custom}\n\n<p>loose</p>\n\n${odd}\n\n${PARAGRAPH}`
  expect(kindsOf(body)).toEqual(['card', 'card', 'card', 'paragraph'])
  expect(typedInto(body, 'paragraph', '!')).toBe(body.replace('Our paragraph', 'Our paragraph!'))
})

test('what would be read differently once it is written is a card: a heading whose levels disagree', () => {
  const body = '<!-- wp:heading {"level":4} -->\n<h2 class="wp-block-heading">A</h2>\n<!-- /wp:heading -->'
  expect(kindsOf(body)).toEqual(['card'])
})

test('text of the classic editor stays classic', () => {
  const body =
    'First line\nsecond line\n\n<h2>Head</h2>\n<div class="box"><p>a</p>\n\n<p>b</p></div>\n<!--more-->\n\n<ul>\n<li>One</li>\n</ul>\n[gallery ids="1,2"]\n'
  expect(throughEditor(body)).toBe(body)
  expect(kindsOf(body)).toEqual(['paragraph', 'heading', 'card', 'card', 'bulletList', 'card'])
  expect(typedInto(body, 'heading', '!')).toBe(body.replace('Head', 'Head!'))
  expect(typedInto(body, 'paragraph', '!')).toBe(body.replace('second line', 'second line!'))
})

test('older and foreign markup is not modernised', () => {
  const bodies = [
    '<!-- wp:list -->\n<ul><li>One</li><li>Two<ul><li>Inner</li></ul></li></ul>\n<!-- /wp:list -->',
    '<!-- wp:quote -->\n<blockquote class="wp-block-quote"><p>Text</p><cite>Ada</cite></blockquote>\n<!-- /wp:quote -->',
    '<!-- wp:paragraph --><p>From an API</p><!-- /wp:paragraph -->',
    '<!-- wp:paragraph -->\n<p>It&#8217;s &#8211; ok</p>\n<!-- /wp:paragraph -->',
    '<p>Hello</p>\n<p>World</p>',
    '<!-- wp:acme/price {"a":1} -->\n<div class="x">1</div>\n<!-- /wp:acme/price -->',
    '<!-- wp:image {"id":5} -->\n<figure class="wp-block-image"><img src="https://e.com/a.jpg" alt="" class="wp-image-5"/><figcaption>Cap</figcaption></figure>\n<!-- /wp:image -->',
    '<!-- wp:table -->\n<table class="wp-block-table"><tbody><tr><td>1</td></tr></tbody></table>\n<!-- /wp:table -->',
  ]
  for (const body of bodies) expect(throughEditor(body)).toBe(body)
})

test('any body passes through unchanged, however broken it is', () => {
  const part = fc.constantFrom(
    PARAGRAPH,
    '<!-- wp:paragraph -->',
    '<!-- /wp:paragraph -->',
    '<!-- wp:list --><ul><li>x</ul><!-- /wp:list -->',
    '<!-- wp:spacer {"height":"1px"} /-->',
    '<p>a</p>',
    '<div>',
    '</div>',
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<!--more-->',
    'text & more',
    '\n\n',
    '  ',
    '\r\n',
    '&nbsp;',
    '<table><tr><td>1</td></tr></table>',
    '[caption]x[/caption]',
    '<a href="javascript:alert(1)">x</a>',
  )
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 4, arbitrary: part }, fc.string({ unit: 'grapheme' })), { maxLength: 12 }),
      (parts) => {
        const body = parts.join('')
        expect(throughEditor(body)).toBe(body)
      },
    ),
    { numRuns: 300 },
  )
})

test('a body of 1 MB is loaded, and an edit of it leaves the rest as it was', () => {
  const body = Array.from({ length: 6_000 }, (_, n) =>
    PARAGRAPH.replace('Our', `Number ${n} of our long text, with some more words`),
  ).join('\n\n')
  expect(body.length).toBeGreaterThan(600_000)
  const { doc, loaded } = load(body)
  expect(bodyOf(doc, loaded)).toBe(body)
  const [first, ...others] = doc.content.content
  if (!first) throw new Error('the body is empty')
  const edited = schema.node('doc', null, [first.copy(Fragment.from(schema.text('New'))), ...others])
  const written = bodyOf(edited, loaded)
  expect(written.slice(written.indexOf('\n\n'))).toBe(body.slice(body.indexOf('\n\n')))
}, 60_000)
