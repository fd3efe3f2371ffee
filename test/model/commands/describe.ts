import { PACKING } from '../../../src/contract/link.ts'
import { CountsArguments, readArguments } from '../arguments.ts'
import type { Context } from '../context.ts'
import type { Site } from '../site.ts'
import { overduePosts } from '../writing.ts'

export const COMMAND_NAMES = [
  'status',
  'structure',
  'echo',
  'index',
  'fetch',
  'counts',
  'terms',
  'apply',
  'media',
] as const

function describeSchedule(site: Site) {
  const posts = overduePosts(site)
  return {
    overdue: posts.length,
    posts: posts.slice(0, 20).map(({ id, dateS }) => ({ id, due_at: dateS })),
    last_published: site.lastPublished,
  }
}

/** `status`, of a small shared host. */
export function runStatus(site: Site, context: Context, integrationId: string | null): string {
  const { options, url } = site
  const isPlain = options['permalinks'] === 'plain'
  return JSON.stringify({
    plugin_version: '0.2.0',
    wp_version: '6.5.5',
    php_version: '8.2.7',
    db: 'mysql 10.11',
    home_url: url,
    site_url: url,
    rest_root: isPlain ? `${url}/index.php?rest_route=/` : `${url}/wp-json/`,
    permalinks: isPlain ? 'plain' : 'pretty',
    multisite: false,
    locale: 'en_US',
    timezone: '+00:00',
    memory_limit_mb: 256,
    max_execution_s: 30,
    time: site.timeS(),
    cron: { disabled: false, last_run_at: null, next_structure_at: null },
    integration_id: integrationId,
    last_structure_sync_at: null,
    last_error: null,
    plugin_connection_enabled: options['plugin_connection_enabled'] ?? true,
    two_way_sync_enabled: options['two_way_sync_enabled'] ?? true,
    received_headers: context.headerNames,
    schedule: describeSchedule(site),
    encodings: [PACKING],
    commands: COMMAND_NAMES,
  })
}

/** Carried along with the content that uses it, until somebody asks for it. */
const OFF_BY_DEFAULT = new Set(['attachment'])
function countPosts(site: Site): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { type, status } of site.posts.all()) {
    if (!site.hiddenStatuses.has(status)) counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return counts
}

/** `counts`: as in `structure`, of the types that are named and the taxonomies that belong to them. */
export function runCounts(site: Site, args: unknown): string {
  const types = readArguments(CountsArguments, args).post_types.filter((name) => site.publicType(name))
  const counts = countPosts(site)
  const taxonomies = types
    .flatMap((name) => site.publicType(name)?.taxonomies ?? [])
    .filter((name) => site.taxonomies.get(name)?.isPublic)
  return JSON.stringify({
    post_types: Object.fromEntries(types.map((name) => [name, counts.get(name) ?? 0])),
    taxonomies: Object.fromEntries(taxonomies.map((name) => [name, site.terms.list(name).length])),
  })
}

/** `structure`: counts as wp-admin has them under “All”. */
export function runStructure(site: Site): string {
  const counts = countPosts(site)
  const types = [...site.types].filter(([, { isPublic }]) => isPublic)
  const taxonomies = [...site.taxonomies].filter(([, { isPublic }]) => isPublic)
  const holders = (taxonomy: string) =>
    types.filter(([, type]) => type.taxonomies.includes(taxonomy)).map(([name]) => name)
  return JSON.stringify({
    post_types: Object.fromEntries(
      types.map(([name, { label }]) => [
        name,
        {
          label,
          count: counts.get(name) ?? 0,
          enabled: !OFF_BY_DEFAULT.has(name) && !site.denied.has(name),
          denied: site.denied.has(name),
          has_trash: site.keepsTrash(name),
        },
      ]),
    ),
    taxonomies: Object.fromEntries(
      taxonomies.map(([name, { label }]) => {
        const count = site.terms.list(name).length
        return [
          name,
          { label, count, enabled: !site.denied.has(name), denied: site.denied.has(name), post_types: holders(name) },
        ]
      }),
    ),
    plugin_connection_enabled: site.options['plugin_connection_enabled'] ?? true,
    two_way_sync_enabled: site.options['two_way_sync_enabled'] ?? true,
    authors: [...site.users].map(([id, name]) => ({ id, name })),
    timezone: 'Europe/Berlin',
  })
}
