import { DurableObject } from 'cloudflare:workers'

interface BareEnv {
  KV: KVNamespace
  INBOX: DurableObjectNamespace<BareInbox>
}

/** Stores what comes in as one row. */
export class BareInbox extends DurableObject<BareEnv> {
  constructor(state: DurableObjectState, env: BareEnv) {
    super(state, env)
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID')
  }

  store(id: string, body: string): void {
    this.ctx.storage.sql.exec('INSERT INTO inbox VALUES (?, ?) ON CONFLICT DO NOTHING', id, body)
  }
}

/** One KV read, and one call of a Durable Object that inserts one row. */
export default {
  async fetch(request, env) {
    const key = await env.KV.get('key', { type: 'json', cacheTtl: 60 })
    await env.INBOX.getByName('site').store(request.headers.get('webhook-id') ?? '', await request.text())
    return Response.json({ accepted: key !== null }, { status: 202 })
  },
} satisfies ExportedHandler<BareEnv>
