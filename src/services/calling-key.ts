import type { CallingKey } from '../site/rpc.ts'
import type { Actor, Context } from './context.ts'

type Calling = Pick<Context<Extract<Actor, { kind: 'api_key' }>>, 'actor' | 'requestId' | 'pluginRequestId'>

/** The key that calls, with the request as both sides name it, as the site's object takes it. */
export const toCallingKey = ({ actor, requestId, pluginRequestId }: Calling): CallingKey => ({
  accountId: actor.accountId,
  siteId: actor.siteId,
  keyId: actor.keyId,
  requestId,
  pluginRequestId,
})
