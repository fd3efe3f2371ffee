import type { Endpoint } from '../../contract/notifications.ts'
import type { Context } from '../context.ts'
import { loadEndpoint, presentEndpoint } from './internal.ts'

/** One endpoint. @throws ServiceError `endpoint_not_found` */
export async function getEndpoint({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<Endpoint> {
  const { row, pending } = await loadEndpoint({ ctx, id: input.id })
  return presentEndpoint(row, pending, ctx.now())
}
