import * as z from 'zod'
import { ListQuery, listOf } from '../contract/common.ts'
import { Item } from '../contract/content.ts'
import { PastVersion, VersionEntry, VersionId, VersionRestore } from '../contract/versions.ts'
import { getVersion, listVersions, restoreVersion } from '../services/content/index.ts'
import {
  answerAgain,
  common,
  IS_CONTENT,
  ITEM,
  ItemParams,
  notFound,
  reads,
  toInput,
  writes,
} from './content-common.ts'
import { defineRoute, ok, type Route } from './define.ts'

const VERSIONS = `${ITEM}/versions`
const DETAIL = `${VERSIONS}/:version_id`

const VersionParams = z.lazy(() => ItemParams.unwrap().extend({ version_id: VersionId }))

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
    params: ItemParams,
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
    records: IS_CONTENT,
    summary: 'Restore a version of an item',
    description:
      'Makes it the item’s text again, as an edit: it is sent like any other, what WordPress changed meanwhile becomes a ' +
      'conflict, and it is a new version that can be taken back in the same way.',
    access: writes,
    answerAgain,
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
