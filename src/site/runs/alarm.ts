import { MAX_WAIT_MS } from '../../lib/backoff.ts'

/** How long the queue rests after an error of our own. Errors of the site have their own backoff. */
const FAULT_PAUSE_MS = 30_000
/** The first webhook of a burst is processed at once; those that follow within this time are processed together. */
const WEBHOOK_PAUSE_MS = 250

/**
 * The object's one alarm, always set to the earliest due time. A Durable Object has a single alarm, and setting it
 * costs a write. So we set it once at the end of each firing, and else only if work is due before the alarm would fire.
 * An alarm that fires too early costs less than moving it with every poll.
 */
export class SiteAlarm {
  readonly #storage: DurableObjectStorage
  readonly #nextDueAt: (inboxFrom: number) => number | null
  /** When the alarm fires; null if it is not set, undefined until it was read. */
  #armedFor: number | null | undefined
  #isFiring = false
  #inboxFrom = 0

  /** @param nextDueAt returns when the next work is due; webhooks are not due before `inboxFrom` */
  constructor(storage: DurableObjectStorage, nextDueAt: (inboxFrom: number) => number | null) {
    this.#storage = storage
    this.#nextDueAt = nextDueAt
  }

  /** Sets the alarm to what is due next. Does nothing while the alarm fires: `onAlarm` arms it at its end. */
  async arm(): Promise<void> {
    if (!this.#isFiring) await this.#set(Date.now())
  }

  /** Like `arm`, for a webhook: waits up to 250 ms so that one request handles a burst. */
  async armForWebhook(): Promise<void> {
    const isArmed = (this.#armedFor ?? Infinity) <= Math.max(Date.now(), this.#inboxFrom)
    if (!isArmed) await this.arm()
  }

  /**
   * Does the work of a firing and arms the alarm again. Never throws: after six throws the platform gives up, and no
   * alarm would come.
   * @param onFault receives what the work threw
   */
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

  /** A new instance asks what the one before it has set: reading costs less than a write. */
  async #read(): Promise<void> {
    if (this.#armedFor !== undefined) return
    const at = await this.#storage.getAlarm()
    // set or fired meanwhile: what came later is true
    if (this.#armedFor === undefined) this.#armedFor = at
  }

  async #set(notBefore: number): Promise<void> {
    await this.#read()
    const due = this.#nextDueAt(this.#inboxFrom)
    if (due === null) return
    const at = Math.max(Math.min(due, Date.now() + MAX_WAIT_MS), notBefore)
    if ((this.#armedFor ?? Infinity) <= at) return
    // Set before the await: the alarm can fire while `setAlarm` is pending, and `onAlarm` then resets this.
    this.#armedFor = at
    await this.#storage.setAlarm(at).catch((cause: unknown) => {
      this.#armedFor = undefined
      throw cause
    })
  }
}
