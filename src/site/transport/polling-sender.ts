import { sha256Hex } from '../../lib/hmac.ts'
import { INBOX } from '../replica/tables/command-log.ts'
import type { CommandRequest, SendCommands, Sender, SenderContext } from './sender.ts'
import { Suspended } from './suspended.ts'

type KeyedRequest = CommandRequest & { key: string }

/** Names what a request asks, independent of its command id, so that a replay finds its result. */
const keyOf = async ({ name, args, id }: CommandRequest) => id ?? `${name}.${await sha256Hex(JSON.stringify(args))}`

interface PollingWork {
  workId: string
  onAnswers?: (bytes: number) => void
  /** Calls the site for requests without a result. Absent: they are queued for the site's next poll. */
  sendMissing?: SendCommands
}

/**
 * Sends through the command log. Requests whose results are in the log are answered from it; the others are queued, and
 * the piece of work is suspended until the site has polled. It is then replayed from its last commit: it asks the same
 * questions, finds the results, and gets one request further.
 */
export function createPollingSender(
  ctx: Pick<SenderContext, 'store' | 'now' | 'newId'>,
  { workId, onAnswers, sendMissing }: PollingWork,
): Sender {
  const { commandLog, replica } = ctx.store
  let hasCommitted = false

  /** @throws Suspended always */
  const queueForSite = (missing: readonly KeyedRequest[]): never => {
    const owner = commandLog.owner()
    const isOthers = owner !== null && owner.workId !== workId
    // after a commit nothing is half done, so webhooks that came meanwhile go first
    const isInboxDue = workId !== INBOX && hasCommitted && replica.inbox.duePosts(ctx.now(), 1).length > 0
    if (isOthers || isInboxDue) throw new Suspended(true)
    const commands = missing.map(({ key, id, name, args }) => ({ key, id: id ?? ctx.newId('cmd'), name, args }))
    commandLog.queue(workId, commands, ctx.now())
    throw new Suspended()
  }

  return {
    send: async (requests) => {
      const keyed: KeyedRequest[] = []
      for (const request of requests) keyed.push({ ...request, key: await keyOf(request) })
      const keys = keyed.map(({ key }) => key)
      const answers = commandLog.answers(workId, keys)
      const missing = keyed.filter(({ key }) => !answers.has(key))
      if (answers.size > 0) onAnswers?.(JSON.stringify([...answers.values()]).length)
      if (missing.length > 0 && !sendMissing) queueForSite(missing)
      const called = missing.length > 0 && sendMissing ? await sendMissing(missing) : []
      for (const [index, { key }] of missing.entries()) if (called[index]) answers.set(key, called[index])
      return keyed.flatMap(({ key }) => answers.get(key) ?? [])
    },
    memo: () => commandLog.memo(workId)?.value ?? null,
    memoize: (value) => {
      if (!sendMissing) commandLog.memoize(workId, value)
    },
    commit: () => {
      hasCommitted = true
      commandLog.forget(workId)
    },
  }
}
