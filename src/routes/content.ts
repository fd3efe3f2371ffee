import * as z from 'zod'
import { API_PREFIX, listOf, SiteId } from '../contract/common.ts'
import { Item, ItemCreate, ItemDelete, ItemId, ItemSummary, ItemUpdate, Resolution } from '../contract/content.ts'
import { ItemListQuery } from '../contract/item-list.ts'
import {
  createItem,
  deleteItem,
  getItem,
  listItems,
  restoreItem,
  retryItem,
  resolveItem,
  undoResolution,
  updateItem,
} from '../services/content/index.ts'
import type { ServiceContext } from '../services/context.ts'
import { created, defineRoute, noContent, ok, type Route } from './define.ts'

const COLLECTION = `${API_PREFIX}/sites/:site_id/content`
const DETAIL = `${COLLECTION}/:item_id`

const SiteParams = z.lazy(() => z.object({ site_id: SiteId }))
const Params = z.lazy(() => SiteParams.unwrap().extend({ item_id: ItemId }))
const reads = { kind: 'member', role: 'viewer', scope: 'content:read' } as const
const writes = { kind: 'member', role: 'editor', scope: 'content:write' } as const
const common = { tag: 'content', throttle: 'integration' } as const
const notFound = ['site_not_found', 'item_not_found'] as const

const PUBLISHING =
  'The status `future` needs a date to come. `publish` without a date publishes now; with a date to come it schedules.'

const toInput = ({ site_id: siteId, item_id: itemId }: z.infer<typeof Params>) => ({ siteId, itemId })

/** What happens to content is an event of its site, which names who did it. */
const IS_CONTENT = { nothing: 'an event of the site' } as const

/** A repeat gets the item as it is now: its text may be larger than all else that is kept for repeats. */
const answerAgain = (call: { ctx: ServiceContext; params: { site_id: string }; id: string }) =>
  getItem({ ctx: call.ctx, input: { siteId: call.params.site_id, itemId: call.id } })

export const contentRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: COLLECTION,
    operationId: 'listItems',
    summary: 'List items',
    access: reads,
    params: SiteParams,
    query: ItemListQuery,
    responses: {
      200: { description: 'One page, newest first unless another order is asked for', schema: listOf(ItemSummary) },
    },
    errors: ['site_not_found', 'invalid_cursor'],
    handle: async ({ ctx, params, query }) => ok(await listItems({ ctx, input: { ...query, siteId: params.site_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: COLLECTION,
    operationId: 'createItem',
    records: IS_CONTENT,
    summary: 'Create an item',
    description: `WordPress gets it at once if two-way sync is on, else with the next sync. ${PUBLISHING}`,
    access: writes,
    answerAgain,
    params: SiteParams,
    body: ItemCreate,
    responses: { 201: { description: 'Created', schema: Item } },
    errors: ['site_not_found', 'parent_not_found', 'future_date_required', 'item_too_large', 'type_denied'],
    handle: async ({ ctx, params, body }) =>
      created(await createItem({ ctx, input: { siteId: params.site_id, item: body } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: DETAIL,
    operationId: 'getItem',
    summary: 'Retrieve an item',
    access: reads,
    params: Params,
    responses: { 200: { description: 'The item', schema: Item } },
    errors: notFound,
    handle: async ({ ctx, params }) => ok(await getItem({ ctx, input: toInput(params) })),
  }),
  defineRoute({
    ...common,
    method: 'patch',
    path: DETAIL,
    operationId: 'updateItem',
    records: IS_CONTENT,
    summary: 'Change an item',
    description: `Replaces terms per taxonomy, and meta and SEO fields per key. What is not named stays as it is. ${PUBLISHING}`,
    access: writes,
    answerAgain,
    params: Params,
    body: ItemUpdate,
    responses: { 200: { description: 'The changed item', schema: Item } },
    errors: [
      ...notFound,
      'conflict',
      'item_deleted',
      'item_unreadable',
      'body_read_only',
      'type_denied',
      'post_left_alone',
      'seo_unavailable',
      'robots_unsupported',
      'parent_not_found',
      'future_date_required',
      'item_too_large',
    ],
    handle: async ({ ctx, params, body }) => ok(await updateItem({ ctx, input: { ...toInput(params), patch: body } })),
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: DETAIL,
    operationId: 'deleteItem',
    records: IS_CONTENT,
    summary: 'Move an item to the trash, or delete it permanently',
    description:
      'Moves it to the trash here and in WordPress. With `permanently`, an item that is in the trash on both sides is ' +
      'deleted for good, which people need the role admin for; its text is kept in IGNY8 and can be restored.',
    access: writes,
    params: Params,
    query: ItemDelete,
    responses: { 204: { description: 'In the trash, or deleted', schema: null } },
    errors: [...notFound, 'not_in_trash', 'trash_off', 'type_denied', 'post_left_alone', 'item_unreadable'],
    handle: async ({ ctx, params, query }) => {
      await deleteItem({ ctx, input: { ...toInput(params), permanently: query.permanently ?? false } })
      return noContent()
    },
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/restore`,
    operationId: 'restoreItem',
    records: IS_CONTENT,
    summary: 'Restore an item from the trash or from its deletion',
    description: 'It comes back as a draft. If WordPress has deleted the post, the next sync creates it again.',
    access: writes,
    answerAgain,
    params: Params,
    responses: { 200: { description: 'The restored item', schema: Item } },
    errors: [...notFound, 'nothing_to_restore', 'item_unreadable', 'type_denied', 'post_left_alone'],
    handle: async ({ ctx, params }) => ok(await restoreItem({ ctx, input: toInput(params) })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/resolve`,
    operationId: 'resolveItem',
    records: IS_CONTENT,
    summary: 'Resolve a conflict',
    description:
      'Choose one side for the whole item, or a side per field; title, body and excerpt take a text of their own. Can be undone.',
    access: writes,
    answerAgain,
    params: Params,
    body: Resolution,
    responses: { 200: { description: 'The changed item', schema: Item } },
    errors: [
      ...notFound,
      'conflict',
      'no_conflict',
      'resolution_incomplete',
      'future_date_required',
      'body_read_only',
      'item_too_large',
    ],
    handle: async ({ ctx, params, body }) =>
      ok(await resolveItem({ ctx, input: { ...toInput(params), resolution: body } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/undo`,
    operationId: 'undoResolution',
    records: IS_CONTENT,
    summary: 'Undo the last resolution',
    description: 'Reopens the conflict with both versions as they were.',
    access: writes,
    answerAgain,
    params: Params,
    responses: { 200: { description: 'The item, in conflict again', schema: Item } },
    errors: [...notFound, 'nothing_to_undo'],
    handle: async ({ ctx, params }) => ok(await undoResolution({ ctx, input: toInput(params) })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/retry`,
    operationId: 'retryItem',
    records: IS_CONTENT,
    summary: 'Retry a failed item',
    access: writes,
    answerAgain,
    params: Params,
    responses: { 200: { description: 'The changed item', schema: Item } },
    errors: [...notFound, 'not_failed'],
    handle: async ({ ctx, params }) => ok(await retryItem({ ctx, input: toInput(params) })),
  }),
]
