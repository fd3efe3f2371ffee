import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NODE, ROOT, temporaryFolder } from '../../scripts/lib/paths.ts'
import { startService } from '../../scripts/lib/processes.ts'

const SCRIPT = fileURLToPath(import.meta.resolve('./model-process.ts'))

export interface ModelOptions {
  items: number
  signingSecret: string
  /** Null: of any. */
  integrationId: string | null
}

/**
 * `edit` changes the title of one post, `drift:n` that of n by SQL, so that no time and no webhook shows it; `reset` answers and then
 * starts counting anew.
 */
export type ModelQuestion = 'stats' | 'edit' | 'reset' | `drift:${number}`

export interface ModelAnswer {
  url: string
  /** Pages by offset. */
  offsetUrl: string
  items: number
  requests: number
  /** Of the answers' bodies. */
  bytes: number
  /** Of the requests' bodies. */
  bytesIn: number
  /** Commands that were executed, by name. */
  commands: Record<string, number>
  /** Processor time of its process since its start. */
  cpuMs: number
}

/** A model WordPress in its own process: instant, with every document made before it is asked for. */
export interface Model {
  url: string
  offsetUrl: string
  ask(question: ModelQuestion): Promise<ModelAnswer>
  stop(): Promise<void>
}

export async function startModel(options: ModelOptions): Promise<Model> {
  const log = join(temporaryFolder('bench-model'), 'model.log')
  const args = ['--disable-warning=ExperimentalWarning', SCRIPT, JSON.stringify(options)]
  const { child, stop, log: read } = startService(NODE, args, log, { cwd: ROOT, ipc: true })
  const hear = () =>
    new Promise<ModelAnswer>((resolve, reject) => {
      const fail = () => reject(new Error(`The model has ended:\n${read()}`))
      child.once('exit', fail)
      child.once('message', (answer) => {
        child.off('exit', fail)
        resolve(answer as ModelAnswer)
      })
    })
  const { url, offsetUrl } = await hear()
  const ask = (question: ModelQuestion) => {
    const answer = hear()
    child.send(question)
    return answer
  }
  return { url, offsetUrl, ask, stop }
}
