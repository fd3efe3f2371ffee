/** Keeps a value in an isolate's memory; while `most` are there already, the oldest makes room. */
export function remember<K, V>(memory: Map<K, V>, key: K, value: V, most: number): void {
  memory.delete(key)
  for (const oldest of memory.keys()) {
    if (memory.size < most) break
    memory.delete(oldest)
  }
  memory.set(key, value)
}
