import * as z from 'zod'
import { API_PREFIX, ListQuery, listOf, SiteId } from '../contract/common.ts'
import { Item, ItemId } from '../contract/content.ts'
import { PastVersion, VersionEntry, VersionId, VersionRestore } from '../contract/versions.ts'
import { getItem, getVersion, listVersions, restoreVersion } from '../services/content/index.ts'
import { defineRoute, ok, type Route } from './define.ts'

const VERSIONS = `${API_PREFIX}/sites/:site_id/content/:item_id/versions`
const DETAIL = `${VERSIONS}/:version_id`

const Params = z.lazy(() => z.object({ site_id: SiteId, item_id: ItemId }))
const VersionParams = z.lazy(() => Params.unwrap().extend({ version_id: VersionId }))
const reads = { kind: 'member', role: 'viewer', scope: 'content:read' } as const
const writes = { kind: 'member', role: 'editor', scope: 'content:write' } as const
const common = { tag: 'content', throttle: 'integration' } as const
const notFound = ['site_not_found', 'item_not_found'] as const

const toInput = ({ site_id: siteId, item_id: itemId }: z.infer<typeof Params>) => ({ siteId, itemId })

/** The history of an item. */
export const versionRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: VERSIONS,
    operationId: 'listVersions',
    summary: 'List the versions of an item',
    description:
      'On both sides, newest first; the first one is what the item is now. A version is kept for 30 days after another ' +
      'took its place.',
    access: reads,
    params: Params,
    query: ListQuery,
    responses: { 200: { description: 'One page', schema: listOf(VersionEntry) } },
    errors: [...notFound, 'invalid_cursor'],
    handle: async ({ ctx, params, query }) => ok(await listVersions({ ctx, input: { ...toInput(params), ...query } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: DETAIL,
    operationId: 'getVersion',
    summary: 'Retrieve a version of an item',
    access: reads,
    params: VersionParams,
    responses: { 200: { description: 'The whole version', schema: PastVersion } },
    errors: [...notFound, 'version_not_kept'],
    handle: async ({ ctx, params }) =>
      ok(await getVersion({ ctx, input: { ...toInput(params), versionId: params.version_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/restore`,
    operationId: 'restoreVersion',
    records: { nothing: 'an event of the site' },
    summary: 'Restore a version of an item',
    description:
      'Makes it the item’s text again, as an edit: it is sent like any other, what WordPress changed meanwhile becomes a ' +
      'conflict, and it is a new version that can be taken back in the same way.',
    access: writes,
    answerAgain: ({ ctx, params, id }) => getItem({ ctx, input: { siteId: params.site_id, itemId: id } }),
    params: VersionParams,
    body: VersionRestore,
    responses: { 200: { description: 'The item as it is now', schema: Item } },
    errors: [
      ...notFound,
      'version_not_kept',
      'conflict',
      'item_unreadable',
      'type_denied',
      'post_left_alone',
      'trash_off',
    ],
    handle: async ({ ctx, params, body }) =>
      ok(
        await restoreVersion({
          ctx,
          input: { ...toInput(params), versionId: params.version_id, restore: body },
        }),
      ),
  }),
]
