import { NoAnswer, type ModelAnswer } from './answers.ts'
import type { ModelWordPress } from './wordpress.ts'

/** A body of which a part arrives, before the connection breaks. */
function brokenStream(answer: ModelAnswer, cutAt: number): ReadableStream<Uint8Array> {
  const bytes = typeof answer.body === 'string' ? new TextEncoder().encode(answer.body) : answer.body
  let isSent = false
  return new ReadableStream({
    pull(controller) {
      if (isSent) controller.error(new TypeError('terminated: other side closed'))
      else controller.enqueue(bytes.subarray(0, cutAt))
      isSent = true
    },
  })
}

/** A `fetch` that reaches only the model, and fails like a real one. */
export function modelFetch(model: ModelWordPress): (url: string, init?: RequestInit) => Promise<Response> {
  return async (url, init = {}) => {
    if (new URL(url).origin !== new URL(model.url).origin)
      throw new TypeError(`DNS lookup failed: ENOTFOUND ${new URL(url).host}`)
    const { method = 'GET', signal = null, body = '' } = init
    signal?.throwIfAborted()
    const text = typeof body === 'string' ? body : await new Response(body).text()
    const request = { method, url, headers: new Headers(init.headers), body: text, signal }
    try {
      const answer = await model.handle(request)
      signal?.throwIfAborted()
      const { status, headers, cutAt } = answer
      return new Response(cutAt === undefined ? answer.body : brokenStream(answer, cutAt), { status, headers })
    } catch (error) {
      if (error instanceof NoAnswer && !error.isTimeout) throw new TypeError(error.message, { cause: error })
      throw signal?.aborted ? signal.reason : error
    }
  }
}
