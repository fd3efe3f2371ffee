import { IntegrationLine } from '../../contract/site-file.ts'
import type { ContentTypesUpdate } from '../../contract/content-types.ts'
import type { ImportCounts } from '../../contract/imports.ts'
import type { ServiceContext } from '../context.ts'
import { updateContentTypes, updateIntegration } from '../integrations/index.ts'
import type { IntegrationRow } from '../tenant.ts'

const KINDS = ['post_types', 'taxonomies'] as const

/** The settings of types that the site has, and how many of the others there are. */
function knownTypes({ structure }: IntegrationRow, wanted: ContentTypesUpdate) {
  const known: ContentTypesUpdate = {}
  let unknown = 0
  for (const kind of KINDS) {
    for (const [slug, settings] of Object.entries(wanted[kind] ?? {})) {
      const type = structure?.[kind][slug]
      // what the site's owner denies can't be switched on here
      if (!type || (type.denied === true && settings.enabled === true)) unknown++
      else known[kind] = { ...known[kind], [slug]: settings }
    }
  }
  return { known, unknown }
}

const isEmpty = (value: object) => Object.keys(value).length === 0

/**
 * Takes the settings of a file over.
 * @param line the line of the file's integration
 * @returns what was left out, by the reason
 */
export async function takeSettings(
  ctx: ServiceContext,
  integration: IntegrationRow | null,
  line: string,
): Promise<ImportCounts['refused']> {
  if (!integration) return { no_integration: 1 }
  const { config, content_types: types } = IntegrationLine.parse(JSON.parse(line))
  const { conflict_policy: policy, author_map: authors } = config
  const patch = { ...(policy && { conflict_policy: policy }), ...(authors && { author_map: authors }) }
  if (!isEmpty(patch)) await updateIntegration({ ctx, input: { id: integration.id, patch: { config_json: patch } } })
  const { known, unknown } = knownTypes(integration, types)
  if (!isEmpty(known)) await updateContentTypes({ ctx, input: { id: integration.id, patch: known } })
  return unknown > 0 ? { type_unknown: unknown } : {}
}
