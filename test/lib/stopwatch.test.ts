import { describe, expect, test } from 'vitest'
import { Stopwatch } from '../../src/lib/stopwatch.ts'

/** Work on a clock that the test moves. */
function onClock() {
  let now = 0
  const watch = new Stopwatch(() => now)
  const begin = (name: string) => {
    let end: (error?: Error) => void = () => undefined
    const work = new Promise<void>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve())))
    const ended = Promise.allSettled([watch.time(name, () => work)])
    return async (error?: Error) => {
      end(error)
      await ended
    }
  }
  return { watch, begin, pass: (ms: number) => void (now += ms) }
}

describe('a stopwatch', () => {
  test('counts overlapping work once and adds up later work', async () => {
    const { watch, begin, pass } = onClock()
    const first = begin('db')
    pass(5)
    const second = begin('db')
    pass(5)
    await first()
    pass(5)
    await second()
    pass(100)
    const third = begin('db')
    pass(2)
    await third()
    expect(watch.describe()).toBe('db;dur=17')
  })

  test('counts work that fails, and passes on its error', async () => {
    const { watch, begin, pass } = onClock()
    const failing = begin('object')
    pass(3)
    await failing(new Error('away'))
    expect(watch.describe()).toBe('object;dur=3')
    await expect(watch.time('object', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  })

  test('omits work that was not done', () => {
    expect(onClock().watch.describe()).toBe('')
  })
})
