import { sealCredentials } from '../../src/lib/link-credentials.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'
import { startModel, type Model } from './model.ts'
import type { Runtime } from './runtime.ts'
import { createSite, type Site } from './seed.ts'

/** A site with a model WordPress behind it. */
export interface ConnectedSite extends Site {
  signingSecret: string
  model: Model
}

/**
 * Makes a site and a model of so many posts that are connected with each other. The handshake is not what is measured, and refuses
 * sites on this machine: its result is written into D1. Every item may be fetched; `syncs: false` switches the integration's sync off.
 */
export async function connectSite(
  runtime: Runtime,
  token: string,
  options: { name: string; items: number; syncs?: boolean },
): Promise<ConnectedSite> {
  const { name, items, syncs = true } = options
  const site = await createSite(await runtime.url('syncing'), token, name)
  const signingSecret = createSigningSecret()
  const model = await startModel({ items, signingSecret, integrationId: site.integrationId })
  const database = await runtime.miniflare.getD1Database('DB', 'syncing')
  const types = { post_types: { post: { enabled: true, fetch_limit: 1_000_000 } } }
  await database
    .prepare(
      `UPDATE integrations SET site_url = ?, commands_url = ?, credentials = ?, type_settings_json = ?, sync_enabled = ?,
         connection = 'ready' WHERE id = ?`,
    )
    .bind(
      model.url,
      `${model.url}/wp-json/igny8/v1/commands`,
      await sealCredentials(runtime.keyRing, site.integrationId, [signingSecret], Date.now()),
      JSON.stringify(types),
      Number(syncs),
      site.integrationId,
    )
    .run()
  return { ...site, signingSecret, model }
}
