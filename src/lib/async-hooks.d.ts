/** Of Node's module, what the runtime has of it and we use; Node's own types would bring all of Node's globals. */
declare module 'node:async_hooks' {
  export class AsyncLocalStorage<T> {
    getStore(): T | undefined
    run<R>(store: T, work: () => R): R
  }
}
