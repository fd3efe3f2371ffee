import type { Config } from '../config.ts'
import type { Db } from '../db/client.ts'
import { createId } from '../lib/ids.ts'
import type { ApiKeyStore } from './api-keys/store.ts'
import type { Context } from './context.ts'

type Surroundings = Pick<Context, 'site' | 'background'> & { db: Db; config: Config; apiKeys: ApiKeyStore }

/** A context in which the system itself acts for an account, as in a scheduled job. */
export function createSystemContext(surroundings: Surroundings, accountId: string): Context {
  return {
    ...surroundings,
    actor: { kind: 'system', accountId },
    requestId: createId('req'),
    now: Date.now,
    newId: createId,
  }
}
