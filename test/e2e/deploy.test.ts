import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryCommand } from '../../scripts/lib/processes.ts'
import { buildWorkerModules, MODULES_FOLDER } from '../../scripts/worker-modules.ts'
import { Stranger } from '../support/deployment.ts'

const LINKED = ['node_modules', 'package.json', 'wrangler.toml', 'src', 'migrations', 'migrations-events']
const WORKER = 'igny8-bridge'
/** Ids differ each time. */
const plain = (changes: string[]) =>
  changes.map((change) => change.replaceAll(/[0-9a-f-]{36}/g, '{id}')).filter((change) => !change.includes('/query'))

test(
  'the real wrangler deploys the real Worker from nothing, does nothing the second time, goes gradually and back',
  { timeout: 900_000 },
  async () => {
    const stranger = await new Stranger().arrive(LINKED)
    try {
      const build = async () => void (await buildWorkerModules(join(stranger.root, MODULES_FOLDER)))
      const real = { command: tryCommand, build }
      const first = await stranger.deploy('', real)
      expect(first.error).toBe('')
      expect(plain(first.changes)).toEqual([
        'POST /d1/database',
        'POST /d1/database',
        'POST /storage/kv/namespaces',
        'PUT /workers/subdomain',
        'PATCH /d1/database/{id}',
        'PATCH /d1/database/{id}',
        `PATCH /workers/scripts/${WORKER}/secrets-bulk`,
        `PUT /workers/scripts/${WORKER}`,
        `PATCH /workers/scripts/${WORKER}/secrets-bulk`,
        `POST /workers/scripts/${WORKER}/assets-upload-session`,
        `PUT /workers/scripts/${WORKER}?excludeScript=true&bindings_inherit=strict`,
        `POST /workers/scripts/${WORKER}/subdomain`,
        `PUT /workers/scripts/${WORKER}/schedules`,
      ])
      const worker = stranger.account.worker(WORKER)
      const { metadata } = worker.versions.at(-1) ?? {}
      expect(metadata).toMatchObject({ placement: { mode: 'smart' }, limits: { cpu_ms: 30_000 } })
      const bindings = metadata?.bindings?.map(({ name, type }) => `${name}: ${type}`) ?? []
      expect(bindings).toEqual(
        expect.arrayContaining([
          'DB: d1',
          'EVENTS: d1',
          'API_KEYS: kv_namespace',
          'VERSION: version_metadata',
          'API_KEY_PEPPER: inherit',
        ]),
      )
      const tables = stranger.account.databases[0]?.sqlite.prepare('SELECT count(*) AS n FROM d1_migrations').get()
      expect(tables).toEqual({ n: readFileSync('migrations/SHA256SUMS', 'utf8').trim().split('\n').length })

      const second = await stranger.deploy('', real)
      expect([second.error, second.changes]).toEqual(['', []])

      const [before] = worker.deployments
      stranger.write('public/index.html', '<!doctype html><title>Two</title>')
      const gradual = await stranger.deploy('gradual --share 10', real)
      expect(gradual.error).toBe('')
      expect(worker.deployments[0]?.versions.map(({ percentage }) => percentage).toSorted()).toEqual([10, 90])
      expect((await stranger.deploy('rollback', real)).error).toBe('')
      expect(worker.deployments[0]?.versions).toEqual(before?.versions)

      const keys = [...worker.secrets.values()]
      const seen = [...stranger.printed, readFileSync(join(stranger.root, 'wrangler.production.json'), 'utf8')].join(
        '\n',
      )
      for (const key of keys) expect(seen).not.toContain(key)
      expect(stranger.account.unknown).toEqual([])
    } finally {
      await stranger.leave()
    }
  },
)
