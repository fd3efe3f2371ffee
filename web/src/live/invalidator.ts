import { hashKey, type QueryClient, type QueryKey } from '@tanstack/react-query'

const LEAST_PAUSE_MS = 1_000

/** Invalidates queries: the first time at once, then at most once a second. */
export class Invalidator {
  readonly #client: QueryClient
  readonly #marked = new Map<string, QueryKey>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(client: QueryClient) {
    this.#client = client
  }

  mark(...queryKeys: QueryKey[]): void {
    for (const key of queryKeys) this.#marked.set(hashKey(key), key)
    if (this.#timer === undefined) this.#flush()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#marked.clear()
  }

  #flush(): void {
    const queryKeys = [...this.#marked.values()]
    this.#marked.clear()
    for (const queryKey of queryKeys) void this.#client.invalidateQueries({ queryKey })
    if (queryKeys.length === 0) this.#timer = undefined
    else this.#timer = setTimeout(() => this.#flush(), LEAST_PAUSE_MS)
  }
}
