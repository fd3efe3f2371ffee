import { expect, test } from 'vitest'
import { toAddress } from '../../src/editor/link-form.tsx'
import { cleanPaste } from '../../src/editor/paste.ts'

const clean = (html: string) => cleanPaste(html).html.replaceAll(/\s+/g, ' ').trim()

test('text of Google Docs is clean: what its styles mean, without them', () => {
  const html = `<meta charset="utf-8"><b style="font-weight:normal" id="docs-internal-guid-1"><h1 dir="ltr" style="line-height:1.3"><span style="font-size:20pt">Head</span></h1>
    <p dir="ltr"><span style="font-weight:400">Plain </span><span style="font-weight:700">bold</span><span style="font-style:italic"> it</span></p>
    <ul><li dir="ltr" aria-level="1"><p role="presentation"><span>One</span></p></li></ul>
    <p><a href="https://www.google.com/url?q=https://example.com/&amp;sa=D">link</a></p></b>`
  expect(clean(html)).toBe(
    '<h2>Head</h2> <p>Plain <strong>bold</strong><em> it</em></p> <ul><li><p>One</p></li></ul> <p><a href="https://example.com/">link</a></p>',
  )
})

test('lists of Word become lists, and its markup goes', () => {
  const html = `<html xmlns:o="urn:x"><head><style>p.MsoNormal{}</style></head><body><!--StartFragment-->
    <p class="MsoNormal">Text<o:p></o:p></p>
    <p class="MsoListParagraph" style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">·<span>   </span></span>One</p>
    <p class="MsoListParagraph" style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">·<span>   </span></span>Two</p><!--EndFragment--></body></html>`
  expect(clean(html)).toBe('<p>Text</p> <ul><li>One</li><li>Two</li></ul>')
})

test('scripts, handlers and images without an address do not come in, and the images are counted', () => {
  const { html, droppedImages } = cleanPaste(
    '<p onclick="x()">a<script>x()</script></p><img src="data:image/png;base64,AA"><img src="https://e.com/a.png" onerror="x()"><svg><script>x()</script></svg>',
  )
  expect(html).toBe('<p>a</p><img src="https://e.com/a.png">')
  expect(droppedImages).toBe(1)
})

test('1 MB of pasted text is cleaned in one go', () => {
  const html = '<p><span style="font-weight:700">Ten words of text that stand for a long article.</span></p>'.repeat(
    12_000,
  )
  expect(html.length).toBeGreaterThan(1_000_000)
  expect(cleanPaste(html).html.startsWith('<p><strong>Ten words')).toBe(true)
}, 60_000)

test.each([
  ['example.com/a', 'https://example.com/a'],
  ['https://example.com', 'https://example.com'],
  ['/about', '/about'],
  ['ada@example.com', 'mailto:ada@example.com'],
  ['javascript:alert(1)', null],
  ['java\nscript:alert(1)', null],
  ['data:text/html,x', null],
  ['about us', null],
])('the address %j means %j', (typed, address) => {
  expect(toAddress(typed)).toBe(address)
})
