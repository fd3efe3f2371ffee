/**
 * A stand-in of Cloudflare's API for one account: it keeps what it is told, runs D1's statements in SQLite and records every
 * call. Wrangler and scripts/deploy/ talk to it as they do to the platform; what the platform itself does with a Worker
 * (its certificates, its traffic, its objects) is not here.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'

export const ACCOUNT = 'a'.repeat(32)
export const TOKEN = 'token-of-the-stand-in-0123456789'

export interface Recorded {
  method: string
  /** Without the account. */
  path: string
  body: string
}

interface Database {
  uuid: string
  name: string
  jurisdiction: string | null
  read_replication: { mode: string }
  sqlite: DatabaseSync
}
interface Metadata {
  bindings?: { name: string; type: string; text?: string }[]
  annotations?: Record<string, string>
  migrations?: { new_tag?: string }
  main_module?: string
}
interface Version {
  id: string
  number: number
  annotations: Record<string, string>
  bindings: { name: string; type: string; text?: string }[]
  metadata: Metadata
}
interface Traffic {
  version_id: string
  percentage: number
}
interface Worker {
  secrets: Map<string, string>
  versions: Version[]
  deployments: { id: string; versions: Traffic[]; annotations: Record<string, string> }[]
  migrationTag: string | undefined
  schedules: unknown[]
  subdomain: { enabled: boolean; previews_enabled: boolean }
}

/** An error as the API answers it. */
class Refusal extends Error {
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export class StandIn {
  readonly calls: Recorded[] = []
  /** Calls that it has no answer for. */
  readonly unknown: string[] = []
  readonly databases: Database[] = []
  readonly namespaces: { id: string; title: string; jurisdiction?: string }[] = []
  readonly workers = new Map<string, Worker>()
  readonly domains: { hostname: string; service: string }[] = []
  readonly accounts = [{ id: ACCOUNT, name: 'Stand-in' }]
  subdomain: string | null = null
  /** Refuses a call, or lets it pass. */
  refuse: (call: Recorded) => Refusal | null = () => null
  /** Static assets of the deployed address, by path. */
  files = new Map<string, Uint8Array>()
  /** What the deployed address answers; null is the running version, well. */
  health: ((version: string) => Response) | null = null

  static readonly denied = () => new Refusal(403, 10000, 'Authentication error')
  static readonly broken = () => new Refusal(500, 10001, 'Internal error')

  /** Calls that change something, as `METHOD /path`. */
  changes(from = 0): string[] {
    return this.calls
      .slice(from)
      .filter(({ method, path, body }) => method !== 'GET' && !isRead(path, body))
      .map(({ method, path }) => `${method} ${path}`)
  }

  addDatabase(name: string, jurisdiction: string | null = null): Database {
    const sqlite = new DatabaseSync(':memory:')
    const database = { uuid: randomUUID(), name, jurisdiction, read_replication: { mode: 'disabled' }, sqlite }
    this.databases.push(database)
    return database
  }

  /** As wrangler makes it for the first secrets: an empty Worker, deployed. */
  addWorker(name: string): Worker {
    const worker = newWorker()
    this.workers.set(name, worker)
    const id = randomUUID()
    worker.versions.push({ id, number: 1, annotations: {}, bindings: [], metadata: {} })
    this.give(worker, [{ version_id: id, percentage: 100 }])
    return worker
  }

  worker(name: string): Worker {
    const found = this.workers.get(name)
    if (!found) throw new Refusal(404, 10007, 'This Worker does not exist on your account.')
    return found
  }

  /** A request to the deployed address, as {@link fetch} would make it. */
  visit(url: string, headers: Headers): Response {
    const name = new URL(url).hostname.split('.')[0] ?? ''
    const host = new URL(url).hostname
    const worker = this.workers.get(this.domains.find(({ hostname }) => hostname === host)?.service ?? name)
    const traffic = worker?.deployments[0]?.versions ?? []
    // most visitors get the version with the larger share
    const usual = traffic.toSorted((one, other) => other.percentage - one.percentage)[0]?.version_id
    const wanted = /"([^"]+)"/.exec(headers.get('cloudflare-workers-version-overrides') ?? '')?.[1]
    const version = traffic.find(({ version_id: id }) => id === wanted)?.version_id ?? usual
    if (version === undefined) return new Response('nothing here', { status: 404 })
    const file = this.files.get(new URL(url).pathname)
    if (file) return new Response(new Uint8Array(file))
    return this.health?.(version) ?? Response.json({ status: 'degraded', version })
  }

  async start(): Promise<{ url: string; stop: () => Promise<void> }> {
    const server = createServer((request, response) => void this.#serve(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const stop = async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
    return { url, stop }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    const path = (request.url ?? '').replace(`/accounts/${ACCOUNT}`, '') || '/'
    const call = { method: request.method ?? '', path, body: raw.toString('latin1') }
    this.calls.push(call)
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    try {
      if (request.headers.authorization !== `Bearer ${TOKEN}` && !path.startsWith('/workers/assets/'))
        throw StandIn.denied()
      const refused = this.refuse(call)
      if (refused) throw refused
      const type = request.headers['content-type'] ?? ''
      const result = await this.#answer(call, raw, type)
      send(200, { success: true, errors: [], messages: [], result })
    } catch (error) {
      const { status, code, message } = error instanceof Refusal ? error : new Refusal(500, 1, String(error))
      send(status, { success: false, errors: [{ code, message }], messages: [], result: null })
    }
  }

  async #answer(call: Recorded, raw: Buffer, type: string): Promise<unknown> {
    const { pathname, searchParams } = new URL(call.path, 'http://stand-in')
    const key = `${call.method} ${pathname}`
    const json = () => JSON.parse(raw.toString('utf8')) as unknown
    const form = () => new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData()
    for (const [pattern, answer] of this.#routes) {
      const match = pattern.exec(key)
      if (match) return await answer({ at: match.slice(1), json, form, query: searchParams })
    }
    this.unknown.push(key)
    throw new Refusal(404, 7003, `Could not route to ${pathname}`)
  }

  #database(id: string): Database {
    const found = this.databases.find(({ uuid, name }) => uuid === id || name === id)
    if (!found) throw new Refusal(404, 7404, 'The database was not found')
    return found
  }

  /** A version of what was uploaded; bindings of type `inherit` must be secrets that the Worker has. */
  async #upload(worker: Worker, form: FormData): Promise<Version> {
    const part = form.get('metadata')
    const metadata = JSON.parse(typeof part === 'string' ? part : '{}') as Metadata
    const bindings = metadata.bindings ?? []
    const missing = bindings.find(({ name, type }) => type === 'inherit' && !worker.secrets.has(name))
    if (missing) throw new Refusal(400, 10056, `inherit binding '${missing.name}' is invalid`)
    if (metadata.migrations) worker.migrationTag = metadata.migrations.new_tag
    const number = worker.versions.length + 1
    const version = { id: randomUUID(), number, annotations: metadata.annotations ?? {}, bindings, metadata }
    worker.versions.push(version)
    return version
  }

  give(worker: Worker, versions: Traffic[], annotations: Record<string, string> = {}) {
    const deployment = { id: randomUUID(), versions, annotations, ...STAMPS }
    worker.deployments.unshift(deployment)
    return deployment
  }

  async #putWorker(name: string, form: FormData) {
    const worker = this.workers.get(name) ?? newWorker()
    this.workers.set(name, worker)
    const version = await this.#upload(worker, form)
    this.give(worker, [{ version_id: version.id, percentage: 100 }])
    return { id: name, tag: name, etag: 'etag', deployment_id: version.id.replaceAll('-', ''), startup_time_ms: 5 }
  }

  readonly #routes: [RegExp, (request: Request_) => unknown][] = [
    [/^GET \/accounts$/, () => this.accounts],
    [/^GET \/user$/, () => ({ id: 'u', email: 'stand-in@example.com' })],
    [/^GET \/memberships$/, () => [{ account: { id: ACCOUNT, name: 'Stand-in' } }]],
    // D1
    [/^GET \/d1\/database$/, ({ query }) => this.#search(query)],
    [
      /^POST \/d1\/database$/,
      ({ json }) => {
        const { name, jurisdiction = null } = json() as { name: string; jurisdiction?: string | null }
        if (this.databases.some((one) => one.name === name)) throw new Refusal(400, 7502, 'Database already exists')
        return shown(this.addDatabase(name, jurisdiction))
      },
    ],
    [/^GET \/d1\/database\/([^/]+)$/, ({ at: [id = ''] }) => shown(this.#database(id))],
    [/^PATCH \/d1\/database\/([^/]+)$/, ({ at: [id = ''], json }) => shown(Object.assign(this.#database(id), json()))],
    [/^POST \/d1\/database\/([^/]+)\/query$/, ({ at: [id = ''], json }) => this.#query(id, json() as Query)],
    [/^POST \/d1\/database\/([^/]+)\/raw$/, ({ at: [id = ''], json }) => this.#raw(id, json() as Query)],
    // KV
    [/^GET \/storage\/kv\/namespaces$/, () => this.namespaces],
    [
      /^POST \/storage\/kv\/namespaces$/,
      ({ json }) => {
        const made = { id: randomUUID().replaceAll('-', ''), ...(json() as { title: string }) }
        this.namespaces.push(made)
        return made
      },
    ],
    // Workers
    [/^GET \/workers\/subdomain$/, () => this.#ownSubdomain()],
    [
      /^PUT \/workers\/subdomain$/,
      ({ json }) => ({ subdomain: (this.subdomain = (json() as { subdomain: string }).subdomain) }),
    ],
    [
      /^GET \/workers\/scripts\/([^/]+)\/settings$/,
      ({ at: [name = ''] }) => {
        const worker = this.worker(name)
        const secrets = [...worker.secrets.keys()].map((secret) => ({ name: secret, type: 'secret_text' }))
        const own = worker.versions.at(-1)?.bindings.filter(({ type }) => type !== 'inherit') ?? []
        return { bindings: [...own, ...secrets], migration_tag: worker.migrationTag }
      },
    ],
    [
      /^GET \/workers\/scripts\/([^/]+)\/secrets$/,
      ({ at: [name = ''] }) => [...this.worker(name).secrets.keys()].map((one) => ({ name: one, type: 'secret_text' })),
    ],
    [
      /^PATCH \/workers\/scripts\/([^/]+)\/secrets-bulk$/,
      ({ at: [name = ''], json }) => {
        const worker = this.worker(name)
        const { secrets } = json() as { secrets: Record<string, { text: string }> }
        for (const [one, { text }] of Object.entries(secrets)) worker.secrets.set(one, text)
        return []
      },
    ],
    [/^PUT \/workers\/scripts\/([^/]+)$/, async ({ at: [name = ''], form }) => this.#putWorker(name, await form())],
    [/^GET \/workers\/services\/([^/]+)$/, ({ at: [name = ''] }) => this.#service(name)],
    [/^GET \/workers\/scripts$/, () => [...this.workers].map(([id, one]) => ({ id, migration_tag: one.migrationTag }))],
    [/^GET \/workers\/scripts\/([^/]+)\/deployments$/, ({ at: [name = ''] }) => this.worker(name)],
    [
      /^POST \/workers\/scripts\/([^/]+)\/deployments$/,
      ({ at: [name = ''], json }) => {
        const { versions, annotations } = json() as { versions: Traffic[]; annotations: Record<string, string> }
        return this.give(this.worker(name), versions, annotations)
      },
    ],
    [
      /^GET \/workers\/scripts\/([^/]+)\/versions$/,
      ({ at: [name = ''] }) => ({ items: this.worker(name).versions.map(shownVersion).toReversed() }),
    ],
    [
      /^GET \/workers\/scripts\/([^/]+)\/versions\/([^/]+)$/,
      ({ at: [name = '', id] }) => {
        const found = this.worker(name).versions.find((one) => one.id === id)
        if (!found) throw new Refusal(404, 10007, 'No such version')
        return shownVersion(found)
      },
    ],
    [
      /^POST \/workers\/scripts\/([^/]+)\/versions$/,
      async ({ at: [name = ''], form }) => shownVersion(await this.#upload(this.worker(name), await form())),
    ],
    [/^(?:GET|PATCH) \/workers\/scripts\/([^/]+)\/script-settings$/, ({ at: [name = ''] }) => this.worker(name) && {}],
    [/^GET \/workers\/scripts\/([^/]+)\/subdomain$/, ({ at: [name = ''] }) => this.worker(name).subdomain],
    [
      /^POST \/workers\/scripts\/([^/]+)\/subdomain$/,
      ({ at: [name = ''], json }) => Object.assign(this.worker(name).subdomain, json()),
    ],
    [
      /^PUT \/workers\/scripts\/([^/]+)\/schedules$/,
      ({ at: [name = ''], json }) => (this.worker(name).schedules = json() as unknown[]),
    ],
    [
      /^GET \/workers\/scripts\/([^/]+)\/schedules$/,
      ({ at: [name = ''] }) => ({ schedules: this.worker(name).schedules }),
    ],
    [/^GET \/workers\/domains$/, ({ query }) => this.domains.filter((one) => one.hostname === query.get('hostname'))],
    [/^GET \/workers\/workers\/([^/]+)$/, ({ at: [name = ''] }) => ({ name, subdomain: this.worker(name).subdomain })],
    [
      /^PATCH \/workers\/workers\/([^/]+)$/,
      ({ at: [name = ''], json }) => {
        const worker = this.worker(name)
        Object.assign(worker.subdomain, (json() as { subdomain?: object }).subdomain)
        return { name, subdomain: worker.subdomain }
      },
    ],
    [/^POST \/workers\/scripts\/[^/]+\/assets-upload-session$/, () => ({ jwt: 'done', buckets: [] })],
    [
      /^PUT \/workers\/scripts\/([^/]+)\/domains\/records$/,
      ({ at: [service = ''], json }) => {
        const { origins = [] } = json() as { origins?: { hostname: string }[] }
        for (const { hostname } of origins) this.domains.push({ hostname, service })
        return []
      },
    ],
    [
      /^POST \/workers\/scripts\/[^/]+\/domains\/changeset$/,
      () => ({ added: [], removed: [], updated: [], conflicting: [] }),
    ],
  ]

  /** As the platform: the name is searched, not compared. */
  #search(query: URLSearchParams) {
    const [name, page] = [query.get('name') ?? '', Number(query.get('page') ?? 1)]
    return page > 1 ? [] : this.databases.filter((one) => one.name.includes(name)).map(shown)
  }

  #ownSubdomain() {
    if (this.subdomain === null) throw new Refusal(404, 10007, 'No subdomain')
    return { subdomain: this.subdomain }
  }

  #service(name: string) {
    const { migrationTag } = this.worker(name)
    const script = { id: name, tag: name, tags: [], last_deployed_from: 'wrangler', migration_tag: migrationTag }
    return { id: name, default_environment: { environment: 'production', script } }
  }

  /** As `#query`, with rows as arrays: columns of one name don't hide each other. */
  #raw(id: string, { sql, params = [] }: Query) {
    const statement = this.#database(id).sqlite.prepare(sql)
    statement.setReturnArrays(true)
    const rows = statement.all(...params.map(asText))
    return [{ success: true, results: { columns: statement.columns().map(({ name }) => name), rows }, meta: META }]
  }

  /** Runs statements in one transaction, as D1 does. */
  #query(id: string, { sql, params = [] }: Query) {
    const { sqlite } = this.#database(id)
    const text = sql
    try {
      if (!/;\s*\S/.test(text))
        return [{ success: true, results: sqlite.prepare(text).all(...params.map(asText)), meta: META }]
      sqlite.exec(`BEGIN;${text.replace(/;?\s*$/, ';')}COMMIT;`)
      return [{ success: true, results: [], meta: META }]
    } catch (error) {
      if (sqlite.isTransaction) sqlite.exec('ROLLBACK')
      throw new Refusal(400, 7500, error instanceof Error ? error.message : String(error))
    }
  }
}

interface Query {
  sql: string
  params?: (string | number | null)[]
}

/** The platform's description of the API says that parameters are texts. */
const asText = (value: string | number | null) => (value === null ? null : String(value))

interface Request_ {
  at: string[]
  json: () => unknown
  form: () => Promise<FormData>
  query: URLSearchParams
}

const META = {
  duration: 1,
  rows_read: 1,
  rows_written: 1,
  size_after: 1,
  changes: 0,
  changed_db: false,
  last_row_id: 0,
}
const STAMPS = {
  created_on: '2026-11-28T00:00:00Z',
  author_email: 'stand-in@example.com',
  source: 'wrangler',
  strategy: 'percentage',
}
const shown = ({ uuid, name, jurisdiction, read_replication }: Database) => ({
  uuid,
  name,
  jurisdiction,
  read_replication,
})
const shownVersion = ({ id, number, annotations, bindings }: Version) => ({
  id,
  number,
  annotations,
  metadata: { ...STAMPS, source: 'wrangler' },
  resources: { bindings, script: { etag: 'etag', handlers: ['fetch'] }, script_runtime: {} },
  startup_time_ms: 5,
})
const newWorker = (): Worker => ({
  secrets: new Map(),
  versions: [],
  deployments: [],
  migrationTag: undefined,
  schedules: [],
  subdomain: { enabled: false, previews_enabled: false },
})

/** Queries that read, and wrangler's own table, which it makes if it is missing. */
const isRead = (path: string, body: string) =>
  path.endsWith('/query') &&
  /^\{"sql":"\s*(?:SELECT|CREATE TABLE IF NOT EXISTS d1_migrations)/i.test(
    body.replaceAll('\\n', ' ').replaceAll('\\t', ' '),
  )
