// Outlives the process that started it, by a moment: that one may be killed without a chance to end what it began.
// Its orders come by standard input, one a line: "group 123", "folder /tmp/x", and "done" before either to forget it.
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

const left = new Set<string>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('done ')) left.delete(line.slice('done '.length))
  else left.add(line)
}

for (const order of [...left].toSorted().toReversed()) {
  const [kind, target = ''] = [order.slice(0, order.indexOf(' ')), order.slice(order.indexOf(' ') + 1)]
  try {
    if (kind === 'group') process.kill(-Number(target), 'SIGKILL')
    else rmSync(target, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  } catch {
    // Gone already.
  }
}
