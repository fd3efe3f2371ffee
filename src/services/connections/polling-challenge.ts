import type { ErrorCode } from '../../contract/errors.ts'
import type { ConnectRequest } from '../../contract/integrations.ts'
import { isSolvedByPolling } from '../../contract/link-errors.ts'
import { COMMAND_DATA, type CommandResult } from '../../contract/link.ts'
import type { PollingOffer } from '../../contract/polling.ts'
import { equalInConstantTime, hmacSha256Hex } from '../../lib/hmac.ts'
import { verifyMessage } from '../../lib/signature.ts'
import type { Actor, ServiceContext } from '../context.ts'
import type { SignedRequest } from '../link.ts'

/** Lifetime of a challenge; plugins answer at once. */
const CHALLENGE_MS = 120_000

type Claim = Pick<ConnectRequest, 'site_id' | 'site_url' | 'signing_secret'>

/**
 * A command id that is a MAC over the site, its address and its secret, so that we store nothing until the site
 * answers.
 */
async function makeChallenge(ctx: ServiceContext<Actor>, input: Claim, until: number): Promise<string> {
  const claim = ['polling', input.site_id, input.site_url, input.signing_secret, until].join('\n')
  return `cmd_${until.toString(36)}_${(await hmacSha256Hex(ctx.config.apiKeyPepper, claim)).slice(0, 48)}`
}

/** The challenge for a plugin that supports `polling`, after the call to its site has failed. */
export async function offerPolling(
  ctx: ServiceContext<Actor>,
  input: Claim & Pick<ConnectRequest, 'transports'>,
  code: ErrorCode,
): Promise<PollingOffer | undefined> {
  const mayPoll = input.transports?.includes('polling') && input.signing_secret !== undefined
  if (!mayPoll || !isSolvedByPolling(code)) return undefined
  return { challenge: await makeChallenge(ctx, input, ctx.now() + CHALLENGE_MS) }
}

/** Whether a command result answers the challenge that we offered for this claim. */
export async function answersChallenge(
  ctx: ServiceContext<Actor>,
  input: Claim,
  result: CommandResult,
): Promise<boolean> {
  if (!result.ok) return false
  const until = parseInt(result.id.split('_')[1] ?? '', 36)
  if (!(until > ctx.now() && until <= ctx.now() + CHALLENGE_MS)) return false
  if (!equalInConstantTime(result.id, await makeChallenge(ctx, input, until))) return false
  return COMMAND_DATA.status.safeParse(result.data).success
}

/**
 * Whether a connect request shows that the site can poll: it has run the command that our refusal named, and has signed
 * the result with the secret that both sides will use.
 */
export async function verifyPolling(
  ctx: ServiceContext<Actor>,
  input: ConnectRequest,
  message: SignedRequest | undefined,
): Promise<boolean> {
  const result = input.polling?.result
  if (!result || !message || input.signing_secret === undefined) return false
  if (!(await answersChallenge(ctx, input, result))) return false
  const nowS = Math.round(ctx.now() / 1000)
  return (await verifyMessage({ ...message, secrets: [input.signing_secret], nowS })).ok
}
