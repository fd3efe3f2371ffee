import type { Integration } from '../../contract/integrations.ts'
import type { Context } from '../context.ts'
import { loadIntegration, presentIntegration } from './internal.ts'

/** @throws ServiceError `integration_not_found` */
export async function getIntegration({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<Integration> {
  return presentIntegration(await loadIntegration({ ctx, id: input.id }))
}
