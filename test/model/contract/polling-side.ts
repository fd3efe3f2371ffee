import { PollRequest, type PollAnswer } from '../../../src/contract/polling.ts'
import type { Command, CommandResult } from '../../../src/contract/link.ts'
import { Mutex } from '../../../src/lib/mutex.ts'
import { signMessage, verifyMessage } from '../../../src/lib/signature.ts'
import type { HeartbeatMessage } from '../polling.ts'

interface Limits {
  timeMs: number
  maxBytes: number
}

/** The API's side of polling (docs/protocol.md): hands out commands and keeps their results. */
export class PollingSide {
  readonly #integrationId: string
  readonly #results = new Map<string, CommandResult>()
  #commands: readonly Command[] = []
  #limits: Limits = { timeMs: 20_000, maxBytes: 1_000_000 }
  /** One series of polls at a time, like the site. */
  readonly #turn = new Mutex()
  secret = ''

  constructor(integrationId: string) {
    this.#integrationId = integrationId
  }

  /** Has the site execute commands. @param call makes it poll until nothing is left */
  carry(commands: readonly Command[], limits: Limits, call: () => Promise<unknown>): Promise<CommandResult[]> {
    return this.#turn.run(() => this.#carry(commands, limits, call))
  }

  async #carry(commands: readonly Command[], limits: Limits, call: () => Promise<unknown>): Promise<CommandResult[]> {
    this.#results.clear()
    this.#commands = commands
    this.#limits = limits
    await call()
    return commands.map(({ id }) => {
      const result = this.#results.get(id)
      if (!result) throw new Error(`The site has not answered ${id}`)
      return result
    })
  }

  /** Answers a poll of the site. */
  async answer({ headers, body }: HeartbeatMessage): Promise<HeartbeatMessage> {
    const secrets = [this.secret]
    const nowS = Math.floor(Date.now() / 1000)
    const verified = await verifyMessage({ headers: new Headers(headers), body, secrets, nowS })
    if (!verified.ok) throw new Error(`A call is not signed well: ${verified.reason}`)
    const { results, wants } = PollRequest.parse(JSON.parse(body))
    for (const result of results) this.#results.set(result.id, result)
    const left = this.#commands.filter(({ id }) => !this.#results.has(id))
    const answer: PollAnswer = {
      protocol: 1,
      integration_id: this.#integrationId,
      time_ms: this.#limits.timeMs,
      max_bytes: this.#limits.maxBytes,
      commands: left.slice(0, wants.commands),
      transport: 'polling',
      more: left.length > 0,
      interval_s: 60,
    }
    const text = JSON.stringify(answer)
    const signature = await signMessage({ id: verified.id, timestamp: nowS, body: text, secrets, label: 'poll-answer' })
    const signed = { 'webhook-id': verified.id, 'webhook-timestamp': String(nowS), 'webhook-signature': signature }
    return { headers: signed, body: text }
  }
}
