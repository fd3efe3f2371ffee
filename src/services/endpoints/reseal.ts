import { and, eq, gt, lt, or } from 'drizzle-orm'
import type { Config } from '../../config.ts'
import type { Db } from '../../db/client.ts'
import { notificationEndpoints } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { isEndpoint } from './internal.ts'
import { openSecrets, sealSecrets } from './secrets.ts'

interface ResealInput {
  db: Db
  config: Config
  /** Milliseconds since 1970. */
  now: number
  /** Most endpoints that are sealed anew. */
  limit: number
}

/** Seals signing secrets under the current encryption key, after a rotation. @returns how many */
export async function resealEndpoints({ db, config, now, limit }: ResealInput): Promise<number> {
  const { keyRing } = config
  const { sealedWith } = notificationEndpoints
  const rows = await db
    .select()
    .from(notificationEndpoints)
    // written so that the index is used
    .where(or(lt(sealedWith, keyRing.currentId), gt(sealedWith, keyRing.currentId)))
    .limit(limit)
  let resealed = 0
  for (const row of rows) {
    try {
      const sealed = await sealSecrets(keyRing, row.id, await openSecrets(keyRing, row))
      const isUnchanged = and(isEndpoint(row.accountId, row.id), eq(notificationEndpoints.secrets, row.secrets))
      await db.update(notificationEndpoints).set(sealed).where(isUnchanged)
      resealed++
    } catch (cause) {
      log.error('signing secret not readable', { endpoint: row.id, cause })
      // told once, and shown until there is a new one; else it would hold up those behind it
      const failure = { errorCode: 'secret_unreadable', errorDetail: null, failingSince: new Date(now) } as const
      await db
        .update(notificationEndpoints)
        .set({ ...failure, sealedWith: keyRing.currentId })
        .where(isEndpoint(row.accountId, row.id))
    }
  }
  return resealed
}
