const BEAT_MS = 25_000
/** A server that says nothing for so long after a beat is not there anymore. */
const SILENCE_MS = 8_000

/** Finds out that a connection is dead though nobody closed it: a laptop that slept, a network that changed. */
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

  /** Asks for a sign of life now. */
  beat(): void {
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(this.#onSilence, SILENCE_MS)
    this.#ping()
  }

  /** Whatever arrives is a sign of life. */
  heard(): void {
    clearTimeout(this.#deadline)
  }
}
