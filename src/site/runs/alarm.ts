import { MAX_WAIT_MS } from '../../lib/backoff.ts'

/** After a fault of ours (not of the site's, which has its own pauses) the queue rests, instead of spinning. */
const FAULT_PAUSE_MS = 30_000
/**
 * Between two looks at what webhooks named: those of a burst are looked at together, by one request to the site. The
 * first of them is looked at at once.
 */
const WEBHOOK_PAUSE_MS = 250

/**
 * The object's one alarm. It is set where the next thing is due earlier than it would ring, and at the end of each
 * ringing; what comes meanwhile finds it armed, at the cost of no read and no write.
 */
export class SiteAlarm {
  readonly #storage: DurableObjectStorage
  readonly #nextDueAt: (inboxFrom: number) => number | null
  /** When it rings, as far as this instance knows: it knows what it has set itself. */
  #armedFor: number | null = null
  #isFiring = false
  #inboxFrom = 0

  /** @param nextDueAt when the next thing is due; looks at what webhooks named, not before the time given */
  constructor(storage: DurableObjectStorage, nextDueAt: (inboxFrom: number) => number | null) {
    this.#storage = storage
    this.#nextDueAt = nextDueAt
  }

  /** Arms the alarm for what is due next. While it rings nothing has to be done: it is armed anew at the end. */
  async arm(): Promise<void> {
    if (!this.#isFiring) await this.#set(Date.now())
  }

  /** The same, where a webhook has come that is to be looked at. */
  async armForWebhook(): Promise<void> {
    const isArmed = this.#armedFor !== null && this.#armedFor <= Math.max(Date.now(), this.#inboxFrom)
    if (!isArmed) await this.arm()
  }

  /** What happens when it rings. Never throws, since after six throws no alarm would come. @param onFault hears why */
  async onAlarm(work: () => Promise<void>, onFault: (cause: unknown) => void): Promise<void> {
    this.#armedFor = null
    this.#isFiring = true
    let notBefore = 0
    try {
      await work()
    } catch (cause) {
      onFault(cause)
      notBefore = Date.now() + FAULT_PAUSE_MS
    } finally {
      this.#isFiring = false
    }
    this.#inboxFrom = Date.now() + WEBHOOK_PAUSE_MS
    await this.#set(Math.max(Date.now(), notBefore))
  }

  async clear(): Promise<void> {
    this.#armedFor = null
    await this.#storage.deleteAlarm()
  }

  async #set(notBefore: number): Promise<void> {
    const due = this.#nextDueAt(this.#inboxFrom)
    if (due === null) return
    const at = Math.max(Math.min(due, Date.now() + MAX_WAIT_MS), notBefore)
    if (this.#armedFor !== null && this.#armedFor <= at) return
    // known before it is awaited: it may ring meanwhile, which takes the knowledge back
    this.#armedFor = at
    await this.#storage.setAlarm(at).catch((cause: unknown) => {
      this.#armedFor = null
      throw cause
    })
  }
}
