import { DurableObject } from 'cloudflare:workers'

interface BareEnv {
  KV: KVNamespace
  DB: D1Database
  SITE: DurableObjectNamespace<BareSite>
}

const EVENT = `INSERT INTO sync_events (id, account_id, site_id, integration_id, action, success, item_ids, counts,
  started_at, finished_at) SELECT ?1, account_id, site_id, id, 'update_structure', 1, '[]', '{}', ?2, ?2
  FROM integrations WHERE id = ?3`
const STRUCTURE = `UPDATE integrations SET structure_json = ?1, structure_fetched_at = ?2, updated_at = ?2
  WHERE id = ?3 RETURNING id`

/** Writes what `update-structure` writes: an event and the structure, in one batch. */
export class BareSite extends DurableObject<BareEnv> {
  async store(id: string, structure: unknown): Promise<boolean> {
    const now = Date.now()
    const [, stored] = await this.env.DB.batch([
      this.env.DB.prepare(EVENT).bind(`evt_${crypto.randomUUID()}`, now, id),
      this.env.DB.prepare(STRUCTURE).bind(JSON.stringify(structure), now, id),
    ])
    return stored?.results.length === 1
  }
}

/** One KV read, one call of a Durable Object, one D1 batch. */
export default {
  async fetch(request, env) {
    const id = new URL(request.url).searchParams.get('id') ?? ''
    const key = await env.KV.get('key', { type: 'json', cacheTtl: 60 })
    const stored = await env.SITE.getByName('site').store(id, await request.json())
    return key && stored ? Response.json({ success: true }) : new Response(null, { status: 404 })
  },
} satisfies ExportedHandler<BareEnv>
