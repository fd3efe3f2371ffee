import { createServer } from 'node:net'

const listen = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(address && typeof address === 'object' ? address.port : undefined))
    })
  })

/** True when nothing listens on this port of the loopback interface. */
export const isFree = async (port: number): Promise<boolean> => (await listen(port)) !== undefined

/** A free port of the loopback interface: the first from `from` on, or any. */
export async function freePort(from?: number): Promise<number> {
  for (let port = from ?? 0; port < 65_536; port++) {
    const found = await listen(port)
    if (found !== undefined) return found
  }
  throw new Error(`no free port from ${from} on`)
}
