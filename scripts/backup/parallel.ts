/** Does work for each value, for some of them at once. The first failure ends it, after the work that has begun. */
export async function inParallel<T>(values: readonly T[], atOnce: number, work: (value: T) => Promise<void>) {
  const waiting = values.values()
  const failures: unknown[] = []
  const worker = async () => {
    for (const value of waiting) {
      if (failures.length > 0) return
      await work(value).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, values.length) }, worker))
  if (failures.length > 0) throw failures[0]
}
