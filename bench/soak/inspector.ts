/** Asks the Worker's isolate for its heap, by the protocol of Chrome's developer tools. */

interface Target {
  id: string
  title?: string
  webSocketDebuggerUrl: string
}

const LIMIT_MS = 20_000

/** One connection; its questions are answered in their order. */
async function ask(url: string, methods: readonly string[]): Promise<Record<string, unknown>[]> {
  const socket = new WebSocket(url)
  const answers: Record<string, unknown>[] = []
  const done = Promise.withResolvers<void>()
  const timer = setTimeout(() => done.reject(new Error('the inspector does not answer')), LIMIT_MS)
  socket.addEventListener('error', () => done.reject(new Error('the inspector is not reached')))
  socket.addEventListener('open', () => {
    for (const [id, method] of methods.entries()) socket.send(JSON.stringify({ id, method }))
  })
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as { id?: number; result?: Record<string, unknown>; error?: unknown }
    if (message.id === undefined) return
    if (message.error) done.reject(new Error(JSON.stringify(message.error)))
    answers[message.id] = message.result ?? {}
    if (message.id === methods.length - 1) done.resolve()
  })
  try {
    await done.promise
    return answers
  } finally {
    clearTimeout(timer)
    socket.close()
  }
}

/**
 * Collects the garbage of the Worker's isolate, in which all objects are, too.
 * @returns bytes of its heap that are in use
 */
export async function collectAndMeasure(port: number): Promise<number> {
  const list = await fetch(`http://127.0.0.1:${port}/json`, { signal: AbortSignal.timeout(LIMIT_MS) })
  const targets = (await list.json()) as Target[]
  const target = targets.find(({ id, title = '' }) => id.includes('igny8') || title.includes('igny8')) ?? targets[0]
  if (!target) throw new Error('the inspector names no isolate')
  const collect = 'HeapProfiler.collectGarbage'
  const answers = await ask(target.webSocketDebuggerUrl, [collect, collect, 'Runtime.getHeapUsage'])
  return Number(answers[2]?.['usedSize'])
}
