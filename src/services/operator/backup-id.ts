import { equalInConstantTime, hmacSha256Hex } from '../../lib/hmac.ts'
import type { OperatorActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

export type OperatorContext = ServiceContext<OperatorActor>

/** Long enough to read a large deployment, with interruptions. */
const GOOD_FOR_MS = 86_400_000
const ID = /^bak_([0-9a-f]{32})_([0-9a-z]{1,11})_([0-9a-f]{32})$/

async function macOf({ config }: OperatorContext, text: string): Promise<string> {
  return (await hmacSha256Hex(config.apiKeyPepper, `backup\n${text}`)).slice(0, 32)
}

/**
 * A new id of a backup. It says until when it is good and is signed, so that nothing has to be stored of it, and nothing
 * is read of a backup that was not recorded first.
 */
export async function createBackupId(ctx: OperatorContext): Promise<{ id: string; expiresAt: number }> {
  const expiresAt = ctx.now() + GOOD_FOR_MS
  const text = `${ctx.newId('bak')}_${expiresAt.toString(36)}`
  return { id: `${text}_${await macOf(ctx, text)}`, expiresAt }
}

/** @throws ServiceError `backup_not_found` if the id was never given out, or is not good any more */
export async function assertBackup(ctx: OperatorContext, id: string): Promise<void> {
  const [, random = '', expiresAt = '', mac = ''] = ID.exec(id) ?? []
  const isOurs = equalInConstantTime(mac, await macOf(ctx, `bak_${random}_${expiresAt}`))
  if (!isOurs || Number.parseInt(expiresAt, 36) < ctx.now()) throw new ServiceError('backup_not_found')
}
