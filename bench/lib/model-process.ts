// A model WordPress in a process of its own, so that its work is not done at the bench's expense. Driven by messages.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { endWithParent } from '../../scripts/lib/shutdown.ts'
import { fillPosts } from '../../test/model/fill.ts'
import { serveModel } from '../../test/model/serve.ts'
import { ModelWordPress } from '../../test/model/wordpress.ts'
import type { ModelAnswer, ModelOptions, ModelQuestion } from './model.ts'

const BODY_CHARACTERS = 1000

/** Pages by offset, as WordPress's own API has them, for the naive loop; without a signature. */
async function serveOffsets(model: ModelWordPress): Promise<string> {
  const { documents } = model.executor
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const [offset, limit] = [Number(searchParams.get('offset')), Number(searchParams.get('limit'))]
    const posts = model.site.posts.byModified('post').slice(offset, offset + limit)
    response.setHeader('content-type', 'application/json')
    response.end(`[${posts.map((post) => documents.json(post, 'full')).join(',')}]`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** Edits by SQL, all over the table. */
function drift(model: ModelWordPress, count: number): void {
  const size = model.site.posts.byId('post').length
  for (let index = 0; index < count; index++) {
    model.editBehindItsBack(1 + ((index * 7919) % size), { title: `By SQL ${count}.${index}` })
  }
}

function readCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function start(options: ModelOptions): Promise<void> {
  const { items, signingSecret, integrationId } = options
  const model = new ModelWordPress({ signingSecret, integrationId })
  fillPosts(model, { count: items, bodyCharacters: BODY_CHARACTERS })
  const { url } = await serveModel(model)
  const offsetUrl = await serveOffsets(model)
  model.warm()
  const tell = (answer: ModelAnswer) => process.send?.(answer)
  process.on('message', (question: ModelQuestion) => {
    if (question === 'edit') model.editPost(1, { title: `Edited ${performance.now()}` })
    if (question.startsWith('drift:')) drift(model, Number(question.slice(6)))
    const { requests, bytesIn, bytesOut, commands } = model.stats
    if (question === 'reset') model.resetStats()
    tell({ url, offsetUrl, items, requests, bytes: bytesOut, bytesIn, commands, cpuMs: readCpuMs() })
  })
  tell({ url, offsetUrl, items, requests: 0, bytes: 0, bytesIn: 0, commands: {}, cpuMs: readCpuMs() })
}

endWithParent()
await start(JSON.parse(process.argv[2] ?? '{}') as ModelOptions)
