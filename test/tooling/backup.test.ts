import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { BackupError } from '../../scripts/backup/errors.ts'
import { giveBack, verifyFolder } from '../../scripts/backup/give-back.ts'
import { BackupFolder } from '../../scripts/backup/manifest.ts'
import { Operator } from '../../scripts/backup/operator.ts'
import { readPlace } from '../../scripts/backup/options.ts'
import { inParallel } from '../../scripts/backup/parallel.ts'
import { takeBackup } from '../../scripts/backup/take.ts'
import { openTarget } from '../../scripts/backup/target.ts'
import { temporaryFolder } from '../../scripts/lib/paths.ts'
import { ensureSecrets, readLocalSecret } from '../../scripts/lib/secrets.ts'
import { NO_SUM } from '../../src/contract/site-file.ts'
import { readBlocks } from '../../src/services/export/blocks.ts'
import { Seal } from '../../src/services/export/seal.ts'

const TOKEN = 't'.repeat(43)
const SITES = ['site_aaaa0001', 'site_bbbb0002', 'site_cccc0003']
const SECRETS = { API_KEY_PEPPER: '0'.repeat(16) }

type Answer = (response: ServerResponse) => unknown
type Fault = { path: RegExp; answer: Answer }

/** A deployment as its operator sees it: files that are read in parts, and taken in parts. */
class FakeDeployment {
  readonly requests: string[] = []
  /** Each is answered once, in place of what there is. */
  readonly faults: Fault[] = []
  /** Files by `sites/…` or `databases/DB`, as parts. */
  readonly files = new Map<string, string[]>()
  readonly loaded = new Map<string, { parts: number; lines: number; sum: string; isWhole: boolean; rows: string[] }>()
  readonly used = new Set<string>()
  sites = [...SITES]
  #server: Server

  constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response))
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async setFile(name: string, ...parts: string[][]): Promise<void> {
    const seal = new Seal()
    const texts: string[] = []
    for (const [index, blocks] of parts.entries()) {
      let text = ''
      for (const block of blocks) text += await seal.block(block)
      const isLast = index === parts.length - 1
      texts.push(text + (isLast ? seal.end(0) : `${JSON.stringify({ kind: 'page', next: String(index + 1) })}\n`))
    }
    this.files.set(name, texts)
  }

  breakOnce(path: RegExp, answer: Answer): void {
    this.faults.push({ path, answer })
  }

  countOf(path: RegExp): number {
    return this.requests.filter((line) => path.test(line)).length
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const url = new URL(request.url ?? '', 'http://localhost')
    const path = url.pathname.replace('/api/v1/operator/', '')
    const line = `${request.method} ${path}${url.search}`
    this.requests.push(line)
    let body = ''
    for await (const chunk of request) body += String(chunk)
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return problem(response, 401, 'unauthorized')
    const fault = this.faults.find((one) => one.path.test(line))
    if (!fault) return this.#answer(line, path, url.searchParams, body, response)
    this.faults.splice(this.faults.indexOf(fault), 1)
    return fault.answer(response)
  }

  async #answer(line: string, path: string, query: URLSearchParams, body: string, response: ServerResponse) {
    const json = (value: unknown, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    const now = new Date().toISOString()
    if (line === 'POST backups/')
      return json(
        {
          id: 'bak_1',
          started_at: now,
          expires_at: '2100-01-01T00:00:00.000Z',
          version: null,
          databases: ['DB'],
          secrets: SECRETS,
        },
        201,
      )
    if (line === 'POST restores/') return json({ id: 'rst_1', what: JSON.parse(body).what, databases: ['DB'] }, 201)
    if (/^GET backups\/bak_1\/sites\/$/.test(line))
      return json({ results: this.sites.map((id) => ({ id, account_id: 'acc_1' })), next: null })
    const file = /^backups\/bak_1\/(.+)\/$/.exec(path)?.[1]
    if (file !== undefined) return response.end(this.files.get(file)?.[Number(query.get('cursor') ?? 0)])
    const [, place = '', number] = /^restores\/rst_1\/(.+)\/parts\/(\d+)\/$/.exec(path) ?? []
    if (place !== '') return this.#load(place, Number(number), query, body, json, response)
    if (line.endsWith('/wake/')) return response.writeHead(204).end()
    if (line.includes('/keys/')) return json({ next: query.has('cursor') ? null : 'copy:1', written: 1, removed: 0 })
    if (line.endsWith('/finish/')) return json({ rows: { sites: 2 }, dropped: {} })
    return problem(response, 404, 'not_found')
  }

  async #load(
    place: string,
    number: number,
    query: URLSearchParams,
    body: string,
    json: (value: unknown) => void,
    response: ServerResponse,
  ) {
    if (this.used.has(place) && !query.has('replace')) return problem(response, 409, 'object_not_empty')
    const state = this.loaded.get(place) ?? { parts: 0, lines: 0, sum: NO_SUM, isWhole: false, rows: [] }
    this.loaded.set(place, state)
    if (number > state.parts) {
      const { after, isLast } = await readBlocks(body, state, (_value, _n, text) => state.rows.push(text))
      Object.assign(state, { parts: number, lines: after.lines, sum: after.sum, isWhole: isLast })
    }
    return json({ next_part: state.parts + 1, lines: state.lines, sum: state.sum, is_whole: state.isWhole })
  }
}

function problem(response: ServerResponse, status: number, code: string, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers })
  response.end(JSON.stringify({ code, title: code, status }))
}

const rowOf = (table: string, row: object) => `${JSON.stringify({ kind: 'row', table, row })}\n`

let deployment: FakeDeployment
let operator: Operator
let path: string

beforeEach(async () => {
  deployment = new FakeDeployment()
  const url = await deployment.start()
  operator = new Operator({ url, token: TOKEN })
  path = join(temporaryFolder('backup-test'), 'to')
  const [first = '', second = '', third = ''] = SITES
  await deployment.setFile(
    `sites/${first}`,
    [rowOf('items', { n: 1 }), rowOf('items', { n: 2 })],
    [rowOf('items', { n: 3 })],
  )
  await deployment.setFile(`sites/${second}`, [rowOf('items', { n: 4 })])
  await deployment.setFile(`sites/${third}`, [])
  await deployment.setFile('databases/DB', [rowOf('sites', { id: first }), rowOf('sites', { id: third })])
})
afterEach(() => deployment.stop())

const take = (to = path) =>
  takeBackup({
    operator,
    folder: new BackupFolder(to),
    bookmarks: async () => ({ DB: 'mark' }),
    print: () => undefined,
  })

const give = (options: Partial<Parameters<typeof giveBack>[0]> = {}) => {
  const notes = join(path, '../notes')
  mkdirSync(notes, { recursive: true })
  const folder = new BackupFolder(path)
  return giveBack({ operator, folder, sites: null, existing: 'refuse', notes, print: () => undefined, ...options })
}

const fileOf = (id: string) => join(path, `sites/${id.slice(-2)}/${id}.ndjson.gz`)

describe('a backup', () => {
  test('has every file with its digest, for its owner alone, and no empty ones', async () => {
    const manifest = await take()
    expect(manifest).toMatchObject({ version: 1, time_travel: { DB: 'mark' }, backup: { secrets: SECRETS } })
    expect(manifest.sites.map(({ id, file, lines }) => [id, file !== null, lines])).toEqual([
      [SITES[0], true, 7],
      [SITES[1], true, 3],
      [SITES[2], false, 1],
    ])
    expect(statSync(path).mode & 0o777).toBe(0o700)
    for (const file of [fileOf(SITES[0] ?? ''), join(path, 'manifest.json'), join(path, 'databases/DB.ndjson.gz')])
      expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.stringify(manifest)).not.toContain(TOKEN)
    await verifyFolder(new BackupFolder(path), [...manifest.databases, ...manifest.sites])
  })

  test('asks again for what breaks off, from the part on, and for what is busy', async () => {
    const [first = ''] = SITES
    // too much to be kept in memory until the part is there
    const long = rowOf('items', { n: 3, text: randomBytes(1_000_000).toString('base64') })
    await deployment.setFile(`sites/${first}`, [rowOf('items', { n: 1 })], [long, rowOf('items', { n: 4 })])
    const [, second = ''] = deployment.files.get(`sites/${first}`) ?? []
    deployment.breakOnce(/cursor=1/, (response) => {
      response.write(second.slice(0, -20))
      setTimeout(() => response.destroy(), 200)
    })
    deployment.breakOnce(/databases/, (response) => problem(response, 429, 'rate_limited', { 'retry-after': '0' }))
    deployment.breakOnce(/POST backups/, (response) => problem(response, 503, 'unavailable'))
    const manifest = await take()
    expect(manifest.sites[0]).toMatchObject({ lines: 7 })
    expect(deployment.countOf(new RegExp(`${first}/$`))).toBe(1)
    expect(deployment.countOf(/cursor=1/)).toBe(2)
    await verifyFolder(new BackupFolder(path), manifest.sites)
    const lines = gunzipSync(readFileSync(fileOf(first)))
      .toString()
      .trimEnd()
      .split('\n')
    expect(lines).toHaveLength(7)
    expect(lines.filter((line) => line.includes('"page"'))).toEqual([])
  })

  test('reads a site from its beginning if its object has given the backup up', async () => {
    deployment.breakOnce(/cursor=1/, (response) => problem(response, 409, 'dump_ended'))
    expect((await take()).sites[0]).toMatchObject({ lines: 7 })
    expect(deployment.countOf(new RegExp(`${SITES[0]}/$`))).toBe(2)
  })

  test('that broke off goes on where it was', async () => {
    deployment.breakOnce(/databases/, (response) => problem(response, 403, 'forbidden'))
    await expect(take()).rejects.toThrow('403')
    expect(existsSync(join(path, 'manifest.json'))).toBe(false)
    await expect(give()).rejects.toThrow('broke off')
    // a line that was half written
    appendFileSync(join(path, 'progress.ndjson'), '{"kind":"sites","ent')
    const before = deployment.countOf(/sites\/site_/)
    expect((await take()).sites).toHaveLength(3)
    expect(deployment.countOf(/sites\/site_/)).toBe(before)
    expect(deployment.countOf(/POST backups/)).toBe(1)
    expect(existsSync(join(path, 'progress.ndjson'))).toBe(false)
  })

  test('does not read a database twice', async () => {
    deployment.breakOnce(/databases/, (response) => {
      deployment.breakOnce(/sites\/$/, (later) => problem(later, 403, 'forbidden'))
      response.end(deployment.files.get('databases/DB')?.[0])
    })
    await expect(take()).rejects.toThrow('403')
    await take()
    expect(deployment.countOf(/databases/)).toBe(1)
  })

  test('reads sites that came while it was taken', async () => {
    await deployment.setFile('sites/site_late', [rowOf('items', { n: 9 })])
    deployment.breakOnce(/databases/, (response) => {
      deployment.sites.push('site_late')
      problem(response, 503, 'unavailable')
    })
    expect((await take()).sites.map(({ id }) => id)).toContain('site_late')
  })

  test('is not written over another, nor into a folder of something else', async () => {
    await take()
    await expect(take()).rejects.toThrow('has a backup already')
    const other = temporaryFolder('not-a-backup')
    writeFileSync(join(other, 'letter.txt'), 'Dear')
    await expect(take(other)).rejects.toThrow('is not empty')
  })

  test('ends at an answer that was changed on its way', async () => {
    const [text = ''] = deployment.files.get('databases/DB') ?? []
    deployment.files.set('databases/DB', [text.replace(SITES[0] ?? '', 'site_zzzz0009')])
    await expect(take()).rejects.toThrow('are not what was exported')
  })
})

describe('a restore', () => {
  beforeEach(async () => void (await take()))

  test('loads objects, then rows, wakes, and leaves out what the database does not have', async () => {
    const done = await give()
    expect(done).toMatchObject({ sites: 2, leftOut: [SITES[1]], kept: [], rows: { sites: 2 } })
    expect(deployment.loaded.get(`sites/${SITES[0]}`)).toMatchObject({ isWhole: true, lines: 7 })
    expect([...deployment.loaded.keys()]).toEqual([`sites/${SITES[0]}`, 'databases/DB'])
    const order = deployment.requests
      .filter((line) => /^(?:PUT|POST) restores\/rst/.test(line))
      .map((line) => line.split('/')[2])
    expect(order).toEqual(['sites', 'databases', 'sites', 'sites', 'keys', 'keys', 'finish'])
  })

  test.each([
    [
      'a byte',
      (file: string) =>
        writeFileSync(file, gzipSync(gunzipSync(readFileSync(file)).toString().replace('"n":1', '"n":7'))),
      /not the file that was written/,
    ],
    ['no file', (file: string) => rmSync(file), /is missing/],
  ])('changes nothing if a file has %s that is not its own', async (_what, spoil, message) => {
    spoil(fileOf(SITES[0] ?? ''))
    await expect(give()).rejects.toThrow(message)
    expect(deployment.countOf(/restores/)).toBe(0)
  })

  test('names the line of a file that was forged with its digest', async () => {
    const file = fileOf(SITES[0] ?? '')
    writeFileSync(file, gzipSync(gunzipSync(readFileSync(file)).toString().replace('"n":2', '"n":7')))
    const folder = new BackupFolder(path)
    const { createHash } = await import('node:crypto')
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
    const entry = folder.read().sites[0]
    if (!entry) throw new Error('no site')
    await expect(verifyFolder(folder, [{ ...entry, sha256 }])).rejects.toThrow('Lines 3 to 4 are not what was exported')
  })

  test('that broke off goes on, and sends nothing twice', async () => {
    deployment.breakOnce(/PUT .*databases/, (response) => problem(response, 403, 'forbidden'))
    await expect(give()).rejects.toThrow('403')
    await give()
    expect(deployment.countOf(/POST restores\/$/)).toBe(1)
    expect(deployment.countOf(/PUT .*sites/)).toBe(1)
  })

  test('of objects with content needs a word', async () => {
    deployment.used.add(`sites/${SITES[0]}`)
    await expect(give()).rejects.toThrow('--replace replaces it, --keep leaves it')
    expect(await give({ existing: 'keep' })).toMatchObject({ kept: [SITES[0]] })
    expect(await give({ existing: 'replace' })).toMatchObject({ kept: [] })
    expect(deployment.loaded.get(`sites/${SITES[0]}`)).toMatchObject({ isWhole: true })
  })

  test('of one site leaves the databases alone', async () => {
    await expect(give({ sites: ['site_unknown'] })).rejects.toThrow('has no site site_unknown')
    await give({ sites: [SITES[0] ?? ''] })
    expect(deployment.countOf(/databases\/DB\/parts|keys/)).toBe(0)
    expect(deployment.countOf(/wake/)).toBe(1)
  })

  test('refuses a folder of a later version', async () => {
    const file = join(path, 'manifest.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 2'))
    await expect(give()).rejects.toThrow('later version')
  })
})

describe('the way in', () => {
  test('the token goes over a network encrypted alone, and never by a redirect', async () => {
    const refused = (url: string) => expect(() => readPlace({ url }, 'usage')).toThrow(BackupError)
    for (const url of ['http://api.example.com', 'ftp://127.0.0.1', 'nonsense', '']) refused(url)
    expect(readPlace({ url: 'https://api.example.com/x' }, '')).toEqual({ kind: 'url', url: 'https://api.example.com' })
    expect(readPlace({ url: 'http://127.0.0.1:8787' }, '')).toEqual({ kind: 'url', url: 'http://127.0.0.1:8787' })
    expect(() => readPlace({ env: 'moon' }, '')).toThrow(BackupError)
    expect(() => readPlace({ env: 'staging', url: 'https://a.example' }, '')).toThrow('exclude each other')
    const elsewhere = (response: ServerResponse) =>
      void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
    for (let tries = 0; tries < 2; tries++) deployment.breakOnce(/POST backups/, elsewhere)
    await take()
    expect(deployment.countOf(/POST backups/)).toBe(3)
  })

  test('a deployment without a secret is named', async () => {
    vi.stubEnv('OPERATOR_TOKEN', undefined)
    try {
      await expect(openTarget({ kind: 'url', url: operator.url })).rejects.toThrow('OPERATOR_TOKEN')
      await expect(openTarget({ kind: 'deployed', environment: 'staging' })).rejects.toThrow('wrangler.staging.json')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('a local file of secrets that knew none gets one, and keeps the others', () => {
    const file = join(temporaryFolder('secrets'), 'dev.vars')
    ensureSecrets(file, 'http://127.0.0.1:8787')
    expect(readLocalSecret(file, 'OPERATOR_TOKEN')?.length).toBeGreaterThanOrEqual(43)
    const old = readFileSync(file, 'utf8').replace(/^OPERATOR_TOKEN.*\n/m, '')
    writeFileSync(file, old)
    ensureSecrets(file, 'http://127.0.0.1:8787')
    ensureSecrets(file, 'http://127.0.0.1:8787')
    const text = readFileSync(file, 'utf8')
    expect(text.startsWith(old)).toBe(true)
    expect(text.match(/^OPERATOR_TOKEN=/gm)).toHaveLength(1)
  })
})

test('work in parallel ends at the first failure', async () => {
  const done: number[] = []
  const work = async (value: number) => {
    if (value === 3) throw new Error('three')
    done.push(value)
  }
  await expect(inParallel([1, 2, 3, 4, 5, 6, 7, 8], 2, work)).rejects.toThrow('three')
  expect(done.length).toBeLessThan(6)
})
