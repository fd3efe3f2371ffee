import type { RunPhase, RunStep } from '../../contract/activity.ts'
import type { LinkAnswer, LinkRequest } from '../transport/direct/http.ts'
import type { LinkContext } from '../transport/site-link.ts'
import type { StepInput } from '../replica/tables/steps.ts'

type Segment = Omit<StepInput, 'durationMs' | 'items'>

/** Measures what a slice does and what that takes, kind by kind, until it is committed. */
export class Meter {
  readonly #now: () => number
  readonly #closed: StepInput[] = []
  #open: Segment
  #items: number

  /** @param items of the run's progress so far */
  constructor(now: () => number, items: number) {
    this.#now = now
    this.#items = items
    this.#open = this.#begin('find', null)
  }

  #begin(phase: RunPhase, type: string | null): Segment {
    return { at: this.#now(), phase, type, requests: 0, bytes: 0, error: null }
  }

  /** Work of another kind begins. */
  enter(phase: RunPhase, type: string | null): void {
    if (this.#open.phase === phase && this.#open.type === type) return
    this.#close(0)
    this.#open = this.#begin(phase, type)
  }

  /** The surroundings of the link, with every request counted that it makes. */
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

  /** An polling with a site that calls by itself has brought answers. */
  carried(bytes: number): void {
    this.#open.requests++
    this.#open.bytes += bytes
  }

  #close(items: number): void {
    const { requests, error } = this.#open
    if (requests === 0 && items === 0 && error === null) return
    this.#closed.push({ ...this.#open, items, durationMs: Math.max(0, this.#now() - this.#open.at) })
  }

  /** The steps since the last commit. @param items of the run's progress now */
  take(items: number, error: RunStep['error'] = null): StepInput[] {
    this.#open.error = error
    this.#close(Math.max(0, items - this.#items))
    this.#items = items
    this.#open = this.#begin(this.#open.phase, this.#open.type)
    return this.#closed.splice(0)
  }
}
