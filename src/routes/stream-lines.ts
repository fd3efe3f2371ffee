/**
 * An answer of lines that are sent as they are read: the next piece is made when the client has taken the last one. The
 * first is made before the answer begins, so that what is refused there is answered as an error.
 */
export async function streamLines(parts: AsyncGenerator<string>, file: string): Promise<Response> {
  const encoder = new TextEncoder()
  const first = await parts.next()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (first.done) controller.close()
      else controller.enqueue(encoder.encode(first.value))
    },
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await parts.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'application/x-ndjson',
      'content-disposition': `attachment; filename="${file}"`,
    },
  })
}
