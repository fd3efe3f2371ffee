import type { EchoData } from '../../src/contract/link.ts'
import type { Part } from './document.ts'

/** The time and size left for a batch. The model only counts time; nothing waits. */
export class Context {
  #bytesLeft: number
  readonly #timeMs: number
  elapsedMs = 0
  readonly headerNames: string[]
  /** Data of `echo`, made before a batch that asks for it. */
  echo: EchoData | null = null

  constructor(timeMs: number, maxBytes: number, headerNames: string[]) {
    this.#timeMs = timeMs
    this.#bytesLeft = maxBytes
    this.headerNames = headerNames
  }

  get isUsedUp(): boolean {
    return this.#bytesLeft <= 0 || this.elapsedMs >= this.#timeMs
  }

  get bytesLeft(): number {
    return Math.max(0, this.#bytesLeft)
  }

  useBytes(bytes: number): void {
    this.#bytesLeft -= bytes
  }

  useMs(ms: number): void {
    this.elapsedMs += ms
  }

  /** Takes parts until size or time is used up, but at least one: otherwise paging would never end. */
  takeParts<T>(all: Iterable<T>, toPart: (item: T) => Part, msPerPart: number): { parts: string[]; last: T | null } {
    const parts: string[] = []
    let last: T | null = null
    let left = this.bytesLeft
    for (const item of all) {
      const { json, bytes } = toPart(item)
      const isOver = bytes >= left || this.elapsedMs >= this.#timeMs
      if (isOver && parts.length > 0) break
      left -= bytes + 1
      this.useMs(msPerPart)
      parts.push(json)
      last = item
    }
    return { parts, last }
  }
}
