import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readBase } from '../../scripts/deploy/base.ts'
import { SECRETS } from '../../scripts/deploy/secrets.ts'
import { StandIn } from '../support/cloudflare.ts'
import { ACCOUNT, Stranger } from '../support/deployment.ts'

const WORKER = 'igny8-bridge'
const MIGRATION = 'migrations/0001_next.sql'

let stranger: Stranger
beforeEach(async () => {
  stranger = await new Stranger().arrive()
})
afterEach(() => stranger.leave())

const config = (environment = 'production') =>
  JSON.parse(readFileSync(join(stranger.root, `wrangler.${environment}.json`), 'utf8')) as Record<string, never>
const running = (name = WORKER) => stranger.account.worker(name).deployments[0]?.versions ?? []
const secretsOf = (name = WORKER) => Object.fromEntries(stranger.account.worker(name).secrets)
const lastLine = ({ lines }: { lines: string[] }) => lines.at(-1)
/** The code changes. */
const edit = (text: string) => stranger.write('src/index.ts', `export default {} // ${text}`)

describe('npm run deploy', () => {
  test('makes from nothing what is missing, migrates, deploys and looks whether it is well', async () => {
    const first = await stranger.deploy()
    expect(first.error).toBe('')
    const [database, events] = stranger.account.databases
    expect(first.changes).toEqual([
      'POST /d1/database',
      'POST /d1/database',
      'POST /storage/kv/namespaces',
      'PUT /workers/subdomain',
      `PATCH /d1/database/${database?.uuid}`,
      `PATCH /d1/database/${events?.uuid}`,
    ])
    expect(stranger.wrangler.commands.map((line) => line.split(' --')[0])).toEqual([
      'deploy',
      'd1 migrations apply DB',
      'd1 migrations apply EVENTS',
      'secret bulk',
      'deploy',
    ])
    expect(database).toMatchObject({ name: 'igny8', jurisdiction: null, read_replication: { mode: 'auto' } })
    expect(events).toMatchObject({ name: 'igny8-events', read_replication: { mode: 'auto' } })
    expect(Object.keys(secretsOf()).toSorted()).toEqual([
      'API_KEY_PEPPER',
      'ENCRYPTION_KEYS',
      'OPERATOR_TOKEN',
      'SESSION_SECRET',
    ])
    const url = `https://${WORKER}.${stranger.account.subdomain}.workers.dev`
    expect(lastLine(first)).toBe(`✓ Health: ${url} is degraded`)
    expect(config()).toMatchObject({
      name: WORKER,
      workers_dev: true,
      vars: { ENVIRONMENT: 'production', PUBLIC_URL: url, WEB_ORIGINS: url, JURISDICTION: '', MAIL_SINK: '' },
      d1_databases: [
        { binding: 'DB', database_id: database?.uuid },
        { binding: 'EVENTS', database_id: events?.uuid },
      ],
      kv_namespaces: [{ binding: 'API_KEYS', id: stranger.account.namespaces[0]?.id }],
      placement: { mode: 'smart' },
      limits: { cpu_ms: 30_000 },
    })
  })

  test('changes nothing the second time', async () => {
    await stranger.deploy()
    const [before, secrets] = [running(), secretsOf()]
    stranger.wrangler.commands.length = 0
    const second = await stranger.deploy()
    expect([second.error, second.changes]).toEqual(['', []])
    expect(stranger.wrangler.commands.map((line) => line.slice(0, 16))).toEqual(['deploy --dry-run'])
    expect([running(), secretsOf()]).toEqual([before, secrets])
  })

  test('deploys new code alone, and the same code again only if told', async () => {
    await stranger.deploy()
    const [first, secrets] = [running(), secretsOf()]
    edit('two')
    const second = await stranger.deploy()
    expect([second.error, second.changes, secretsOf()]).toEqual(['', [], secrets])
    expect(running()).not.toEqual(first)
    const third = running()
    await stranger.deploy('--force')
    expect(running()).not.toEqual(third)
  })

  test.each(['deploy --dry-run', 'd1 migrations', 'secret bulk', 'deploy --tag', 'between'])(
    'continues a run that broke off at %s, and makes nothing twice',
    async (where) => {
      stranger.wrangler.breaks = where
      expect((await stranger.deploy()).error).not.toBe('')
      const made = {
        ids: stranger.account.databases.map(({ uuid }) => uuid),
        secrets: [...stranger.account.workers.values()],
      }
      const secrets = made.secrets[0] && Object.fromEntries(made.secrets[0].secrets)
      stranger.wrangler.breaks = ''
      const second = await stranger.deploy()
      expect([second.error, second.changes]).toEqual(['', []])
      expect(stranger.account.databases.map(({ uuid }) => uuid)).toEqual(made.ids)
      expect(stranger.account.namespaces).toHaveLength(1)
      if (secrets && where !== 'secret bulk') expect(secretsOf()).toEqual(secrets)
      expect(stranger.account.worker(WORKER)).toMatchObject({
        schedules: [{ cron: '* * * * *' }],
        subdomain: { enabled: true },
      })
      expect((await stranger.deploy()).changes).toEqual([])
    },
  )

  test.each([
    ['POST /d1/database', 0],
    ['POST /storage/kv', 2],
    ['PUT /workers/subdomain', 2],
    ['PATCH /d1/database', 2],
  ])('continues where %s failed', async (what, databases) => {
    stranger.account.refuse = ({ method, path }) => (`${method} ${path}`.startsWith(what) ? StandIn.broken() : null)
    const broken = await stranger.deploy()
    expect(broken.error).toContain('Internal error [10001]')
    expect(stranger.account.databases).toHaveLength(databases)
    expect(stranger.account.workers.size).toBe(0)
    stranger.account.refuse = () => null
    expect((await stranger.deploy()).error).toBe('')
    expect([stranger.account.databases.length, stranger.account.namespaces.length]).toEqual([2, 1])
  })

  test('knows how to make every secret that the Worker requires', () => {
    expect(Object.keys(SECRETS).toSorted()).toEqual(readBase('.').secrets.required.toSorted())
    for (const { make } of Object.values(SECRETS)) expect(make()).not.toBe(make())
  })

  test('takes ids that wrangler.toml or the settings have, and stops where there is no such thing', async () => {
    const other = stranger.account.addDatabase('brought-along')
    stranger.settings({ ids: { DB: other.uuid } })
    expect((await stranger.deploy()).error).toBe('')
    expect(stranger.account.databases.map(({ name }) => name)).toEqual(['brought-along', 'igny8-events'])
    stranger.settings({ ids: { DB: 'nothing' } })
    const gone = await stranger.deploy()
    expect([gone.error, gone.changes]).toEqual([expect.stringContaining('There is no database nothing'), []])
  })
})

describe('--dry-run', () => {
  const forbidden = () => Promise.reject(new Error('no network and no account'))
  const offline = { fetch: forbidden, command: forbidden, build: forbidden, env: {} }

  test('says what a run would do, without account, network and files', async () => {
    stranger.settings({ jurisdiction: 'eu' })
    const { lines, error } = await stranger.deploy('--dry-run', offline)
    expect(error).toBe('')
    const text = lines.join('\n')
    expect(text).toContain('POST …/d1/database {"name":"igny8","jurisdiction":"eu"}')
    expect(text).toContain('wrangler d1 migrations apply DB --remote --config wrangler.production.json')
    expect(existsSync(join(stranger.root, 'wrangler.production.json'))).toBe(false)
  })

  test('names every change and every command that a run then makes', async () => {
    const plan = (await stranger.deploy('--dry-run', offline)).lines.join('\n')
    const { changes } = await stranger.deploy()
    for (const change of changes) {
      const [method, path = ''] = change.split(' ')
      expect(plan).toContain(`${method} …${path.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '{id}')}`)
    }
    for (const line of stranger.wrangler.commands)
      expect(plan).toContain(`wrangler ${line.replace(/igny8-[0-9a-f]{16}/, '<hash>')}`)
  })

  test.each(['gradual --share 10', 'rollback', '--env staging'])('knows %s', async (words) => {
    const { lines, error } = await stranger.deploy(`${words} --dry-run`, offline)
    expect([error, lines.at(-1)]).toEqual(['', 'Nothing was done: this is what a run would do.'])
  })
})

describe('what is refused', () => {
  const refused = async (text: string, words = '') => {
    const { error, changes } = await stranger.deploy(words)
    expect(error).toContain(text)
    expect(changes).toEqual([])
    return error
  }

  test('a run without a token, which says where to get one', async () => {
    delete stranger.env['CLOUDFLARE_API_TOKEN']
    expect(await refused('There is no token.')).toContain('Account · D1 · Edit')
  })

  test.each([
    ['/accounts', 'Account · Account Settings · Read'],
    ['/d1/database', 'Account · D1 · Edit'],
    ['/storage/kv', 'Account · Workers KV Storage · Edit'],
    ['/workers', 'Account · Workers Scripts · Edit'],
  ])('a token that may not use %s, with the right that it lacks', async (path, right) => {
    stranger.account.refuse = (call) => (call.path.startsWith(path) ? StandIn.denied() : null)
    const { error } = await stranger.deploy()
    expect(error).toContain(`It needs the right “${right}”.`)
    expect(error).not.toContain(stranger.env['CLOUDFLARE_API_TOKEN'])
    expect(stranger.account.workers.size).toBe(0)
  })

  test('an account with two databases of the name, until one is chosen', async () => {
    const [one, other] = [stranger.account.addDatabase('igny8'), stranger.account.addDatabase('igny8')]
    const error = await refused('2 databases named igny8')
    expect([error.includes(one.uuid), error.includes(other.uuid)]).toEqual([true, true])
    stranger.settings({ ids: { DB: other.uuid } })
    expect((await stranger.deploy()).error).toBe('')
  })

  test('a database whose name only begins like it is another one', async () => {
    stranger.account.addDatabase('igny8-old')
    expect((await stranger.deploy()).changes).toContain('POST /d1/database')
  })

  test('code whose migration fails: what runs goes on', async () => {
    await stranger.deploy()
    const before = running()
    stranger.write(MIGRATION, 'CREATE TABLE broken (')
    edit('needs it')
    await refused('incomplete input')
    expect(running()).toEqual(before)
  })

  test('new secrets where the database has accounts that need the old ones', async () => {
    await stranger.deploy()
    stranger.account.databases[0]?.sqlite.exec("INSERT INTO accounts VALUES ('acc_1')")
    const { secrets } = stranger.account.worker(WORKER)
    edit('two')
    for (const [name, value] of new Map(secrets)) {
      if (name === 'OPERATOR_TOKEN') continue
      secrets.delete(name)
      await refused(`the Worker lacks ${name}`)
      secrets.set(name, value)
    }
    stranger.account.workers.clear()
    await refused('the Worker lacks API_KEY_PEPPER, SESSION_SECRET, ENCRYPTION_KEYS')
  })

  test('a mail provider without its key, which the environment may give once', async () => {
    stranger.settings({ vars: { EMAIL_API_URL: 'https://mail.example/send', EMAIL_FROM: 'a@example.org' } })
    await refused('EMAIL_API_KEY')
    stranger.env['EMAIL_API_KEY'] = 'key-of-the-provider'
    expect((await stranger.deploy()).error).toBe('')
    expect(secretsOf()['EMAIL_API_KEY']).toBe('key-of-the-provider')
    expect(stranger.printed.join()).not.toContain('key-of-the-provider')
  })

  test.each([
    ['--share 10', '--share belongs to gradual'],
    ['gradual', 'gradual needs --share'],
    ['gradual --share 0', 'gradual needs --share'],
    ['gradual --share 101', 'gradual needs --share'],
    ['rollback latest', 'is no id of a version'],
    ['--env test', '--env is production or staging'],
    ['publish', 'There is no command publish'],
    ['--what', '--what'],
    ['gradual --share 10', 'Nothing is deployed yet'],
    ['rollback', 'no workers.dev subdomain'],
  ])('%s', async (words, text) => {
    await refused(text, words)
  })

  test.each([
    [{ jurisdiction: 'de' }, 'jurisdiction'],
    [{ domain: 'https://example.com' }, 'domain'],
    [{ colour: 'red' }, 'colour'],
    [{ vars: { PUBLIC_URL: 'https://x.example' } }, 'PUBLIC_URL'],
    [{ vars: { EVENT_RETENTION: '1' } }, 'EVENT_RETENTION'],
  ])('the setting %j', async (settings, text) => {
    stranger.settings(settings)
    await refused(text)
    await refused(text, '--dry-run')
  })
})

describe('the account', () => {
  test('is chosen by the operator where the token has several', async () => {
    stranger.account.accounts.push({ id: 'b'.repeat(32), name: 'Other' })
    const { error } = await stranger.deploy()
    expect(error).toContain(`${'b'.repeat(32)}  Other`)
    stranger.settings({ account_id: ACCOUNT })
    expect((await stranger.deploy()).error).toBe('')
  })
})

describe('secrets of another deployment', () => {
  const old = {
    API_KEY_PEPPER: 'p'.repeat(44),
    SESSION_SECRET: 's'.repeat(44),
    ENCRYPTION_KEYS: `{"k1":"${'e'.repeat(43)}="}`,
  }

  test('come from the environment, for what is to be restored; no program is given them by it', async () => {
    Object.assign(stranger.env, old)
    const given: string[] = []
    const command: typeof stranger.wrangler.command = (program, args, options) => {
      given.push(JSON.stringify([args, options?.env]))
      return stranger.wrangler.command(program, args, options)
    }
    expect((await stranger.deploy('', { command })).error).toBe('')
    expect(secretsOf()).toMatchObject(old)
    for (const secret of ['p'.repeat(44), 's'.repeat(44), 'e'.repeat(43)])
      expect([...stranger.printed, ...given].join('\n')).not.toContain(secret)
  })

  test('put lost ones back, and never replace one that is there', async () => {
    await stranger.deploy()
    const before = secretsOf()
    stranger.account.databases[0]?.sqlite.exec("INSERT INTO accounts VALUES ('acc_1')")
    stranger.account.worker(WORKER).secrets.delete('API_KEY_PEPPER')
    Object.assign(stranger.env, old)
    edit('two')
    expect((await stranger.deploy()).error).toBe('')
    expect(secretsOf()).toEqual({ ...before, API_KEY_PEPPER: old.API_KEY_PEPPER })
  })
})

describe('the secret of the operator', () => {
  const kept = () => join(stranger.root, 'deploy/production.operator-token')
  const isPrivate = () => (statSync(kept()).mode & 0o077) === 0

  test('is made once, and kept for its commands where git does not look', async () => {
    const { error, lines } = await stranger.deploy()
    expect(error).toBe('')
    const token = secretsOf()['OPERATOR_TOKEN'] ?? ''
    expect(atob(token)).toHaveLength(32)
    expect([readFileSync(kept(), 'utf8').trim(), isPrivate()]).toEqual([token, true])
    expect(lines.join('\n')).toContain('deploy/production.operator-token')
    expect(stranger.printed.join('\n')).not.toContain(token)
    expect(readFileSync('.gitignore', 'utf8').split('\n')).toContain('deploy/*.operator-token')
    // the Worker is made anew, and the operator's copy still fits
    stranger.account.worker(WORKER).secrets.delete('OPERATOR_TOKEN')
    edit('again')
    await stranger.deploy()
    expect(secretsOf()['OPERATOR_TOKEN']).toBe(token)
  })

  test('may come from the environment, and is then kept nowhere', async () => {
    stranger.env['OPERATOR_TOKEN'] = 'too-short'
    const refused = await stranger.deploy()
    expect([refused.error, refused.changes]).toEqual([expect.stringContaining('at least 43 characters'), []])
    stranger.env['OPERATOR_TOKEN'] = 'o'.repeat(43)
    expect((await stranger.deploy()).error).toBe('')
    expect(secretsOf()['OPERATOR_TOKEN']).toBe('o'.repeat(43))
    expect(existsSync(kept())).toBe(false)
    expect(stranger.printed.join('\n')).not.toContain('o'.repeat(43))
  })
})

describe('secrets', () => {
  test.each(['secret bulk', 'deploy --tag'])(
    'are in no argument, line, file or error, not even when %s fails',
    async (where) => {
      stranger.wrangler.breaks = where
      const { error } = await stranger.deploy()
      stranger.wrangler.breaks = ''
      await stranger.deploy()
      const seen = [...stranger.printed, error, ...stranger.wrangler.commands, JSON.stringify(config())].join('\n')
      expect(seen).toContain('[redacted]')
      const key = (JSON.parse(secretsOf()['ENCRYPTION_KEYS'] ?? '') as { k1: string }).k1
      // one inside JSON is looked for without it
      const inner = stranger.wrangler.secrets.map((secret) => /[\w+/]{43}=/.exec(secret)?.[0] ?? '')
      expect(inner).toContain(key)
      for (const secret of [...inner, stranger.env['CLOUDFLARE_API_TOKEN'] ?? '']) {
        expect(secret.length).toBeGreaterThan(20)
        expect(seen).not.toContain(secret)
      }
      expect(atob(key)).toHaveLength(32)
    },
  )
})
