// The child process of ../wordpress/playground.ts: serves a prepared WordPress, and runs PHP in it on request.
import { Server } from 'node:net'

type Mount = { hostPath: string; vfsPath: string }
type Cli = {
  playground: { run: (request: { code: string }) => Promise<{ text: string; errors: string; exitCode: number }> }
}
type RunCli = (options: Record<string, unknown>) => Promise<Cli>
type Start = { port: number; mounts: Mount[] }
type Request = { id: number; code: string }

const PHP = '8.3'
/** One deadlocks as soon as the API calls back while WordPress waits for it. */
const WORKERS = 3
/** A name that no type checker looks up: the package is installed on machines without PHP alone. */
const PACKAGE: string = '@wp-playground/cli'

keepOnLoopback()
const { port, mounts } = JSON.parse(process.argv[2] ?? '') as Start
const { runCLI } = (await import(PACKAGE)) as { runCLI: RunCli }
const { playground } = await runCLI({
  command: 'server',
  port,
  php: PHP,
  workers: WORKERS,
  verbosity: 'quiet',
  'site-url': `http://127.0.0.1:${port}`,
  skipSqliteSetup: true,
  wordpressInstallMode: 'do-not-attempt-installing',
  'mount-before-install': mounts,
  // Without preferredVersions the blueprint would choose another PHP.
  blueprint: { preferredVersions: { php: PHP, wp: 'latest' }, steps: [] },
})

process.on('message', ({ id, code }: Request) => {
  playground.run({ code }).then(
    ({ text, errors, exitCode }) =>
      process.send?.({ id, output: text, failure: exitCode === 0 ? '' : `${text}${errors}` }),
    (error: unknown) => process.send?.({ id, output: '', failure: String(error) }),
  )
})
process.send?.({ id: 0, output: 'ready', failure: '' })

/** The CLI listens on every interface and cannot be told otherwise. */
function keepOnLoopback(): void {
  const listen = Reflect.get(Server.prototype, 'listen') as (...args: unknown[]) => Server
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    if (typeof args[0] === 'number' && typeof args[1] !== 'string') args.splice(1, 0, '127.0.0.1')
    return listen.apply(this, args)
  } as typeof listen
}
