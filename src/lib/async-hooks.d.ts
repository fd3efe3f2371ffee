/** Types for the part of `node:async_hooks` that we use. Node's own types would declare all of Node's globals. */
declare module 'node:async_hooks' {
  export class AsyncLocalStorage<T> {
    getStore(): T | undefined
    run<R>(store: T, work: () => R): R
  }
}
