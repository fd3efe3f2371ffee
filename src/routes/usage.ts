import { API_PREFIX } from '../contract/common.ts'
import { Usage } from '../contract/quotas.ts'
import { readUsage } from '../services/quotas/index.ts'
import { defineRoute, ok, type Route } from './define.ts'

export const usageRoutes: Route[] = [
  defineRoute({
    method: 'get',
    path: `${API_PREFIX}/usage`,
    operationId: 'getUsage',
    tag: 'members',
    summary: 'What the account uses',
    description: 'Sites, keys, members and more, each with its quota, and what is stored.',
    access: { kind: 'person', role: 'admin' },
    throttle: 'integration',
    responses: { 200: { description: 'Use and quotas', schema: Usage } },
    handle: async ({ ctx }) => ok(await readUsage({ ctx })),
  }),
]
