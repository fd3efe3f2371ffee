/** Runs tasks one after the other, in the order of their calls. A task that fails does not affect the others. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()
  #pending = 0

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task, task)
    this.#pending++
    this.#last = result.catch(() => undefined).then(() => this.#pending--)
    return result
  }

  /** Runs the task only if no other is running or waiting. @returns whether it ran */
  async tryRun(task: () => Promise<void>): Promise<boolean> {
    if (this.#pending > 0) return false
    await this.run(task)
    return true
  }
}
