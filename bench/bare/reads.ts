interface BareEnv {
  LIMIT: RateLimit
  KV: KVNamespace
  DB: D1Database
}

/** What `GET content-types` selects. */
const CONTENT_TYPES = `SELECT connection, structure_json, structure_fetched_at, type_settings_json, counts_json,
  counts_as_of FROM integrations WHERE id = ? LIMIT 1`
const INTEGRATION = 'SELECT * FROM integrations WHERE id = ? LIMIT 1'

/** One KV read and one D1 read of the integration's row, sent as it comes; a rate limit before them where asked. */
export default {
  async fetch(request, env) {
    const url = new URL(request.url)
    if (url.searchParams.has('limit')) await env.LIMIT.limit({ key: 'key' })
    const key = await env.KV.get('key', { type: 'json', cacheTtl: 60 })
    const sql = url.pathname === '/content-types' ? CONTENT_TYPES : INTEGRATION
    const row = await env.DB.prepare(sql).bind(url.searchParams.get('id')).first()
    return key && row ? Response.json(row) : new Response(null, { status: 404 })
  },
} satisfies ExportedHandler<BareEnv>
