interface BareEnv {
  DB: D1Database
}

interface Post {
  id: number
  type: string
  title: string
}

const PAGE = 100
const UPSERT = `INSERT INTO items (id, type, title, doc) VALUES (?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET type = excluded.type, title = excluded.title, doc = excluded.doc`

/** The import that one would write first: pages by offset, and one write to D1 for each item. */
export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url)
    const items = Number(searchParams.get('items'))
    for (let offset = 0; offset < items; offset += PAGE) {
      const page = await fetch(`${searchParams.get('site')}?offset=${offset}&limit=${PAGE}`)
      for (const post of await page.json<Post[]>()) {
        await env.DB.prepare(UPSERT).bind(post.id, post.type, post.title, JSON.stringify(post)).run()
      }
    }
    return Response.json({ items })
  },
} satisfies ExportedHandler<BareEnv>
