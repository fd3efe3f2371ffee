import { AuthorMap, ConflictPolicy } from '../../contract/integrations.ts'
import { DEFAULT_FETCH_LIMIT } from '../../contract/content-types.ts'
import type { RunDirection } from '../../contract/sync.ts'
import type { RunIntegration } from '../../db/projection.ts'
import type { RunConfig, Source } from '../stages/context.ts'

/**
 * The types of the structure that are switched on: by the editor's choice if there is one, else by the plugin's. What the
 * site's owner denies stays off, whatever was chosen here.
 */
function sourcesOf(integration: RunIntegration, kind: 'post_types' | 'taxonomies'): Source[] {
  const chosen = integration.typeSettings[kind] ?? {}
  return Object.entries(integration.structure?.[kind] ?? {})
    .filter(([slug, { enabled, denied = false }]) => !denied && (chosen[slug]?.enabled ?? enabled))
    .map(([slug, { count }]) => ({ slug, count, limit: chosen[slug]?.fetch_limit ?? DEFAULT_FETCH_LIMIT }))
}

/** What a run does, and for which types; from the integration's row. */
export function createRunConfig(integration: RunIntegration, direction: RunDirection): RunConfig {
  return {
    direction,
    policy: ConflictPolicy.catch('manual').parse(integration.config['conflict_policy']),
    authors: AuthorMap.catch({}).parse(integration.config['author_map']),
    postTypes: sourcesOf(integration, 'post_types'),
    taxonomies: sourcesOf(integration, 'taxonomies'),
  }
}
