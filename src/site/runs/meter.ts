import type { RunPhase, RunStep } from '../../contract/activity.ts'
import type { LinkAnswer, LinkRequest } from '../transport/direct/http.ts'
import type { LinkContext } from '../transport/site-link.ts'
import type { StepInput } from '../replica/tables/steps.ts'

type Segment = Omit<StepInput, 'durationMs' | 'items'>

/** Measures a slice: between two commits, the time, requests, bytes and items of each kind of work. */
export class Meter {
  readonly #now: () => number
  readonly #closed: StepInput[] = []
  #open: Segment
  #items: number

  /** @param items the run's progress so far, in items */
  constructor(now: () => number, items: number) {
    this.#now = now
    this.#items = items
    this.#open = this.#begin('find', null)
  }

  #begin(phase: RunPhase, type: string | null): Segment {
    return { at: this.#now(), phase, type, requests: 0, bytes: 0, error: null }
  }

  /** Begins a step, unless work of the same kind goes on. */
  enter(phase: RunPhase, type: string | null): void {
    if (this.#open.phase === phase && this.#open.type === type) return
    this.#close(0)
    this.#open = this.#begin(phase, type)
  }

  /** A copy of the link's context that counts every request and its bytes. */
  watch<C extends LinkContext>(ctx: C): C {
    const { fetch, observe } = ctx
    return {
      ...ctx,
      fetch: (url: string, init: RequestInit) => {
        this.#open.requests++
        return fetch(url, init)
      },
      observe: (call: LinkRequest, answer: LinkAnswer) => {
        this.#open.bytes += (call.body?.length ?? 0) + answer.bytes.length
        observe?.(call, answer)
      },
    }
  }

  /** Counts results that a poll of the site brought. */
  countPolled(bytes: number): void {
    this.#open.requests++
    this.#open.bytes += bytes
  }

  #close(items: number): void {
    const { requests, error } = this.#open
    if (requests === 0 && items === 0 && error === null) return
    this.#closed.push({ ...this.#open, items, durationMs: Math.max(0, this.#now() - this.#open.at) })
  }

  /** The steps since the last commit. @param items the run's progress now, in items */
  take(items: number, error: RunStep['error'] = null): StepInput[] {
    this.#open.error = error
    this.#close(Math.max(0, items - this.#items))
    this.#items = items
    this.#open = this.#begin(this.#open.phase, this.#open.type)
    return this.#closed.splice(0)
  }
}
