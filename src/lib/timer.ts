/** A time-out that ends with its request: one that goes on would keep the object in memory, and billed. */
export function startTimer(timeoutMs: number): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  const handle = setTimeout(() => controller.abort(new DOMException('timed out', 'TimeoutError')), timeoutMs)
  return { signal: controller.signal, stop: () => clearTimeout(handle) }
}
