export const BEAT_MS = 25_000
/** Without a message for this long after a ping, the connection counts as lost. */
const SILENCE_MS = 8_000

/** Detects a dead connection that nobody closed, for example after sleep or a change of network. */
export class Heartbeat {
  readonly #ping: () => void
  readonly #onSilence: () => void
  #interval: ReturnType<typeof setInterval> | undefined
  #deadline: ReturnType<typeof setTimeout> | undefined

  constructor(ping: () => void, onSilence: () => void) {
    this.#ping = ping
    this.#onSilence = onSilence
  }

  start(): void {
    this.stop()
    this.#interval = setInterval(() => this.beat(), BEAT_MS)
  }

  stop(): void {
    clearInterval(this.#interval)
    this.heard()
  }

  /** Sends a ping now. */
  beat(): void {
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(this.#onSilence, SILENCE_MS)
    this.#ping()
  }

  /** Any message shows that the connection works. */
  heard(): void {
    clearTimeout(this.#deadline)
  }
}
