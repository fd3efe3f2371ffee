/**
 * How the engine has the site carry out commands, whatever the transport.
 *
 * A stage asks through a {@link Sender} and never learns which transport carries its commands:
 * - direct ({@link createDirectSender}): the API calls the plugin and has the results in the same await;
 * - polling ({@link createPollingSender}): the commands wait in the command log until the plugin polls. `send` throws
 *   {@link Suspended}, and the piece of work is replayed from its last commit once the results are in the log.
 *
 * A new transport is one more file here that creates a `Sender`, and one more case in {@link openSender}.
 */
import type { CommandResult } from '../../contract/link.ts'
import type { SiteStore } from '../replica/store.ts'
import { createDirectSender } from './direct-sender.ts'
import { createPollingSender } from './polling-sender.ts'
import type { LinkContext, LinkTarget } from './site-link.ts'

/** A command before the sender gives it an id. `id` is set where the plugin must recognise a repeat. */
export interface CommandRequest {
  name: string
  args: Record<string, unknown>
  id?: string
}

/** @returns the results in the order of the requests. @throws LinkError, Suspended */
export type SendCommands = (requests: readonly CommandRequest[]) => Promise<CommandResult[]>

export interface Sender {
  send: SendCommands
  /** What {@link Sender.memoize} stored before the piece of work was suspended; null if nothing. */
  memo: () => unknown
  /** Stores a decision (JSON) that a replay must reuse, because the data behind it may change before the results come. */
  memoize: (value: unknown) => void
  /** Ends the requests so far. Call it in the transaction that stores what their results brought. */
  commit: () => void
}

export interface SenderContext extends LinkContext {
  store: SiteStore
  sleep: (ms: number) => Promise<void>
}

/** The piece of work that sends: a slice of a run, the processing of the inbox, or an action somebody waits for. */
export interface SenderWork {
  target: LinkTarget
  /** Resolves the command endpoint; called only if the site is called. */
  endpoint: () => Promise<string>
  /** Owner of the commands in the log: `INBOX` or a run's id. Null for work that can't wait for a poll: it calls. */
  workId: string | null
  /** Receives the size of results that came from the log. */
  onAnswers?: (bytes: number) => void
}

/** The sender for a piece of work, by the transport that is in use now. */
export function openSender(ctx: SenderContext, work: SenderWork): Sender {
  const { workId } = work
  const direct = createDirectSender(ctx, work)
  if (workId === null) return direct
  const options = { workId, ...(work.onAnswers && { onAnswers: work.onAnswers }) }
  if (ctx.store.transport.read().transport === 'polling') return createPollingSender(ctx, options)
  // the work began while the site polled: it uses the results that came, and calls for the rest
  const isOwner = ctx.store.commandLog.owner()?.workId === workId
  return isOwner ? createPollingSender(ctx, { ...options, sendMissing: direct.send }) : direct
}
