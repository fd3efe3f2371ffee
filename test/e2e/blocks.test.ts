import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { NEWEST, STABLE, type WordPressVersion } from '../../scripts/wordpress/sources.ts'
import { type Chromium, startChromium, type Tab } from './support/browser.ts'
import { openRealSite, type RealItem, type RealSite } from './support/real-site.ts'
import { signInToWordPress } from './support/wp-admin.ts'
import { startWorld, type World } from './support/world.ts'

/**
 * What is written in IGNY8 as HTML or Markdown arrives as the blocks that WordPress' own editor makes: it opens them
 * without a complaint, and would save them as they are. Each version of WordPress in a real browser, with its own
 * scripts.
 */
let world: World
let chromium: Chromium
let images: Server
/** Paths that were asked for. */
const asked: string[] = []
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

beforeAll(async () => {
  images = createServer(({ url = '' }, response) => {
    asked.push(url)
    response.writeHead(url.startsWith('/a') ? 200 : 404).end(Buffer.from(PNG, 'base64'))
  }).listen(0, '127.0.0.1')
  ;[world, chromium] = await Promise.all([startWorld(), startChromium()])
}, 150_000)
afterAll(async () => {
  images.close()
  await chromium.close()
  await world.stop()
})

/** Each kind of block, in the ways that people and programs write it. */
const TEXTS = [
  '<p>One <b>two</b> <a href="https://e.test/?a=1&amp;b=2" target="_blank">three</a> &amp; <code>x&lt;y</code><br>four&nbsp;</p>',
  '<p style="text-align:right" class="lead" id="top">One</p>',
  'Only text & <i>marks</i>\nin lines\n\nand paragraphs',
  '<h1>A</h1><h2 id="b" class="big">B</h2><h3 align="center">C</h3><h6>D <em>e</em></h6>',
  '<ul><li>A<ul><li>B</li><li>C <b>d</b></li></ul></li><li><p>E</p><p>F</p></li></ul>',
  '<ol start="3" reversed class="steps"><li>A</li></ol><ol><li>B</li></ol>',
  '<ul><li><input type="checkbox" checked disabled> Done</li></ul>',
  '<blockquote><p>A</p><h3>B</h3><ul><li>C</li></ul><cite>D <i>e</i></cite></blockquote><blockquote>Bare</blockquote>',
  '<figure><blockquote>A</blockquote><figcaption>B</figcaption></figure>',
  '<table class="wide"><caption>Cap <b>x</b></caption><thead><tr><th scope="col">A</th><th align="right">B</th></tr></thead><tbody><tr><td colspan="2"><p>C</p><p>D</p></td></tr><tr><th scope="row">E</th><td></td></tr></tbody><tfoot><tr><td>F</td><td>G</td></tr></tfoot></table>',
  '<pre><code class="language-js">if (a &lt; 1 &amp;&amp; b) {\n  x[0] = "https://e.test/" // [gallery]\n}\n\nhttps://e.test/\n</code></pre>',
  '<pre>\n  two\n    lines <b>bold</b></pre>',
  '<p><img src="https://e.test/a.png" alt="A &quot;b&quot; c" title="T" class="alignleft"></p>',
  '<figure class="wide"><a href="https://e.test/" rel="nofollow"><img src="https://e.test/a.png" alt=""></a><figcaption>One <i>two</i></figcaption></figure>',
  '<p><img src="/a.png" class="wp-image-7 size-large aligncenter" alt="x"></p><p>in <img src="/b.png" alt="b"> line</p>',
  '<p>https://www.youtube.com/watch?v=abc&amp;t=1</p><p><a href="https://vimeo.com/1">https://vimeo.com/1</a></p><p>https://x.com/a/status/1</p>',
  'A<hr>B<!--more-->C<!--nextpage-->D[gallery]',
  '<section id="s" class="box"><p>A</p><div class="in"><h2>B</h2></div></section><div><p>C</p></div>',
  '<p>A</p><script>if (a<b) x("</p>")</script><style>p{}</style><dl><dt>A</dt><dd>B</dd></dl><details><summary>S</summary>T</details>',
  '<iframe src="https://e.test/" width="1"></iframe><video controls src="/a.mp4"></video><form><input name="a"></form>',
  '<p>A <svg viewBox="0 0 1 1"><path d="M0"></path></svg> <mark style="color:red">m</mark> <sub>s</sub><sup>t</sup> <kbd>k</kbd> <span lang="de">d</span></p>',
]

/** Pieces put together in any order: broken HTML. */
function* brokenTexts(count: number): Generator<string> {
  const pieces =
    '<p>|</p>|<div>|</div>|<div class="k">|<b>|</b>|<em>|</em>|<ul>|<li>|</li>|</ul>|<ol start="2">|</ol>|<table>|<tr>|<td>|</td>|</tr>|</table>|<thead>|</thead>|<th scope=row>|<caption>|</caption>|<h2 id="a">|</h2>|<blockquote>|</blockquote>|<cite>|</cite>|<pre>|<code>|</code>|</pre>|<img src="https://e.test/x.png" alt="a>b">|<a href="https://e.test">|</a>|<br>|<hr>|text |wörd |a < b |R&D |&amp; |&lt;i&gt; |&copy |🎉|\n\n|<!-- c -->|<!--more-->|<script>a<b</script>|<figure>|</figure>|<figcaption>|</figcaption>|<span style="x">|</span>|<x-y>|</x-y>|"|<|>|[gallery]|https://youtu.be/x|<iframe src="https://e.test/f"></iframe>|<input type=checkbox checked>|<dl><dt>|</dt><dd>|</dd></dl>'.split(
      '|',
    )
  let state = 14
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
  for (let left = count; left > 0; left--) {
    yield Array.from({ length: 1 + next(20) }, () => pieces[next(pieces.length)]).join('')
  }
}

/** What the plugin makes of the texts, without writing them. */
const makeBlocks = async (site: RealSite, texts: readonly string[]): Promise<string[]> =>
  JSON.parse(
    await site.php(
      `$texts = json_decode( base64_decode( '${Buffer.from(JSON.stringify(texts)).toString('base64')}' ), true );
       echo wp_json_encode( array_map( array( new Igny8\\Bridge\\Content\\Body\\Block_Body(), 'of' ), $texts ) );`,
    ),
  ) as string[]

async function openEditor(site: RealSite, item: RealItem): Promise<Tab> {
  const tab = await chromium.open({ origin: site.wordpress.url })
  tab.context.setDefaultTimeout(60_000)
  await signInToWordPress(tab.page, site.wordpress.url)
  await tab.page.goto(`${site.wordpress.url}/wp-admin/post.php?post=${item.external_id}&action=edit`)
  await tab.page.waitForFunction("wp.data?.select('core/block-editor')?.getBlocks().length > 0")
  return tab
}

interface Verdict {
  /** What WordPress' validator says of a body, block by block. */
  faults: string[]
  /** What its editor would save. */
  saved: string
}

interface EditorBlock {
  name: string
  isValid: boolean
  validationIssues?: { args: unknown[] }[]
  innerBlocks: EditorBlock[]
}
/** The editor's own functions, in its page. */
interface EditorPage {
  wp: { blocks: { parse: (body: string) => EditorBlock[]; serialize: (blocks: EditorBlock[]) => string } }
}

/** Runs WordPress' own parser and validator on bodies. Text without a block would show as the block `core/freeform`. */
const validate = (tab: Tab, bodies: readonly string[]): Promise<Verdict[]> =>
  tab.page.evaluate((texts) => {
    const { blocks } = (globalThis as unknown as EditorPage).wp
    const faultsIn = ({ name, isValid, validationIssues = [], innerBlocks }: EditorBlock): string[] => [
      ...(isValid ? [] : [`${name}: ${validationIssues.map(({ args }) => args.map(String).join(' ')).join('; ')}`]),
      ...(name === 'core/freeform' || name === 'core/missing' ? [name] : []),
      ...innerBlocks.flatMap(faultsIn),
    ]
    return texts.map((body) => {
      const parsed = blocks.parse(body)
      return { faults: parsed.flatMap(faultsIn), saved: blocks.serialize(parsed) }
    })
  }, bodies)

const MARKDOWN = `## What is new

It **opens** at _nine_, see [the plan](https://e.test/plan).

- one
- two
  1. three

| day | hour |
| --- | ---: |
| Mon | 9 |

\`\`\`js
if (a < b) run()
\`\`\`

> Said somebody.
`

describe.each<WordPressVersion>([STABLE, NEWEST])('WordPress %s', (version) => {
  let site: RealSite
  let item: RealItem

  beforeAll(async () => {
    site = await openRealSite(world, {
      version,
      seed: `update_user_meta( 1, $wpdb->get_blog_prefix() . 'persisted_preferences', array( 'core/edit-post' => array( 'welcomeGuide' => false ),
        'core' => array( 'enableChoosePatternModal' => false ), '_modified' => gmdate( 'c' ) ) );`,
    })
    item = await world.owner.post<RealItem>(site.content, {
      title: 'Article',
      status: 'publish',
      body: MARKDOWN,
      body_format: 'markdown',
    })
    await site.sync()
    item = await site.item(item.id)
  }, 150_000)

  test('an article in Markdown arrives as blocks, and both sides are equal', async () => {
    expect(item).toMatchObject({ state: 'synced', error: null, conflict: null })
    expect(await site.php(`echo get_post( ${item.external_id} )->post_content;`)).toBe(item.body)
    for (const part of ['wp-block-heading">What is new', '<strong>opens</strong>', '<em>nine</em>', 'wp:list-item'])
      expect(item.body).toContain(part)
    for (const name of ['heading', 'paragraph', 'list', 'table', 'code', 'quote'])
      expect(item.body).toContain(`<!-- /wp:${name} -->`)
  })

  test('a second sync changes nothing', async () => {
    const etag = await site.php(`echo get_post( ${item.external_id} )->post_modified_gmt;`)
    await site.sync()
    expect(await site.item(item.id)).toEqual(item)
    expect(await site.php(`echo get_post( ${item.external_id} )->post_modified_gmt;`)).toBe(etag)
  })

  test('an edit of one paragraph in WordPress comes back, and one here meets its blocks', async () => {
    await site.php(
      `wp_update_post( wp_slash( array( 'ID' => ${item.external_id}, 'post_content' => str_replace( 'Said somebody', 'Said Ada', get_post( ${item.external_id} )->post_content ) ) ) );`,
    )
    const edited = item.body.replace('Said somebody', 'Said Ada')
    await site.sync()
    expect(await site.item(item.id)).toMatchObject({ state: 'synced', body: edited })
    await site.patch(item.id, { body: '<p>All new.</p>' })
    await vi.waitFor(async () => {
      expect(await site.item(item.id)).toMatchObject({
        state: 'synced',
        conflict: null,
        body: '<!-- wp:paragraph -->\n<p>All new.</p>\n<!-- /wp:paragraph -->',
      })
    }, 60_000)
  })

  test('images come into the library, each once; a dead one stays where it is, and the item says so', async () => {
    const base = `http://127.0.0.1:${(images.address() as AddressInfo).port}`
    const body = `<p><img src="${base}/a-${version}.png" alt="A view"></p><p><img src="${base}/dead-${version}.png"></p>`
    const made = await world.owner.post<RealItem>(site.content, { title: 'Pictures', status: 'publish', body })
    await site.sync()
    const there = await site.item(made.id)
    expect(there).toMatchObject({ state: 'synced', external_images: [`${base}/dead-${version}.png`] })
    const [id] = /(?<=wp-image-)\d+/.exec(there.body) ?? []
    expect(await site.php(`echo get_post_meta( ${id}, '_wp_attachment_image_alt', true );`)).toBe('A view')
    await site.patch(made.id, { body: `${body}<p>More</p>` })
    await vi.waitFor(async () => {
      const after = await site.item(made.id)
      expect(after).toMatchObject({ state: 'synced', body: expect.stringContaining('<p>More</p>\n<!-- /wp') })
      expect(after.body).toContain(`wp-image-${id}`)
    }, 30_000)
    expect(asked.filter((path) => path.includes(version)).toSorted()).toEqual([
      `/a-${version}.png`,
      `/dead-${version}.png`,
    ])
  })

  test('a link to an item becomes its permalink, also of a post that WordPress made', async () => {
    const hello = await site.byTitle('Hello world!')
    const body = `<p>See <a href="igny8://item/${hello.id}">this</a> and <a href="igny8://item/${item.id}">that</a>.</p>`
    const made = await world.owner.post<RealItem>(site.content, { title: 'Links', status: 'publish', body })
    await site.sync()
    const there = await site.item(made.id)
    const addresses = await site.php(
      `echo get_permalink( ${hello.external_id} ), ' ', get_permalink( ${item.external_id} );`,
    )
    const [first, second] = addresses.split(' ')
    expect(there.state).toBe('synced')
    expect(there.body).toContain(`<p>See <a href="${first}">this</a> and <a href="${second}">that</a>.</p>`)
  })

  test('a classic post that is edited here stays classic', async () => {
    const id = (
      await site.php(
        "echo wp_insert_post( array( 'post_title' => 'Old', 'post_status' => 'publish', 'post_content' => \"One\\n\\nTwo\" ) );",
      )
    ).trim()
    await site.sync()
    const [old] = await site.list(`&external_id=${id}`)
    await site.patch(old?.id ?? '', { body: '<p>One</p>\n\n<p>Two and three</p>' })
    await site.sync()
    expect(await site.item(old?.id ?? '')).toMatchObject({
      state: 'synced',
      body: '<p>One</p>\n\n<p>Two and three</p>',
    })
  })

  // last: while the post is open there, nothing is written to it
  test('WordPress’ own editor takes every block for its own, and would save it as it is', async () => {
    const tab = await openEditor(site, item)
    const broken = [...brokenTexts(150)]
    const bodies = await makeBlocks(site, [...TEXTS, ...broken])
    const verdicts = await validate(tab, [item.body, ...bodies])
    const faulty = verdicts.flatMap(({ faults }, at) =>
      faults.length > 0
        ? [{ faults, text: [MARKDOWN, ...TEXTS, ...broken][at], body: [item.body, ...bodies][at] }]
        : [],
    )
    expect(faulty).toEqual([])
    const whole = [item.body, ...bodies.slice(0, TEXTS.length)]
    expect(verdicts.slice(0, whole.length).map(({ saved }) => saved)).toEqual(whole)
    await tab.context.close()
  })
})
