// The child process of ../test/php-versions.ts: runs PHP code under another version of PHP, and prints its answer as JSON.
import { readFileSync } from 'node:fs'

type Php = {
  mkdirTree: (path: string) => void
  mount: (path: string, handler: unknown) => Promise<unknown>
  run: (request: { code: string }) => Promise<{ text: string; errors: string; exitCode: number }>
}
type NodeModule = {
  loadNodeRuntime: (version: string, options: object) => Promise<number>
  createNodeFsMountHandler: (path: string) => unknown
}
type UniversalModule = { PHP: new (runtime: number) => Php }
type Request = { version: string; mounts: string[]; code: string }

/** Names that no type checker looks up: the packages are installed by the tests alone. */
const NODE: string = '@php-wasm/node'
const UNIVERSAL: string = '@php-wasm/universal'

const { version, mounts, code } = JSON.parse(readFileSync(0, 'utf8')) as Request
const { loadNodeRuntime, createNodeFsMountHandler } = (await import(NODE)) as NodeModule
const { PHP } = (await import(UNIVERSAL)) as UniversalModule
const php = new PHP(await loadNodeRuntime(version, { emscriptenOptions: { processId: 1 } }))
for (const folder of mounts) {
  php.mkdirTree(folder)
  await php.mount(folder, createNodeFsMountHandler(folder))
}
const { text, errors, exitCode } = await php.run({ code })
process.stdout.write(JSON.stringify({ text, errors, exitCode }), () => process.exit(0))
