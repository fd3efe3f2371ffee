import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { call, createTestSite, signUpPerson } from '../support/identity.ts'

const PASSWORD = 'correct horse battery'

/** Every text in every table of D1, and every key and value in KV. */
async function dump(): Promise<Set<string>> {
  const texts = new Set<string>()
  const { results: tables } = await env.DB.prepare(
    `select name from sqlite_schema where type = 'table' and name not like '\\_cf%' escape '\\' and name not like 'sqlite%'`,
  ).all<{ name: string }>()
  for (const { name } of tables) {
    const { results } = await env.DB.prepare(`select * from "${name}"`).all()
    for (const value of results.flatMap((row) => Object.values(row))) collect(value, texts)
  }
  for (const { name } of (await env.API_KEYS.list()).keys) {
    texts.add(name)
    collect(await env.API_KEYS.get(name), texts)
  }
  return texts
}

/** A text and, if it is JSON, the texts in it. */
function collect(value: unknown, texts: Set<string>): void {
  if (typeof value === 'string') {
    texts.add(value)
    try {
      const inner: unknown = JSON.parse(value)
      if (typeof inner === 'object') collect(inner, texts)
    } catch {
      // plain text
    }
  } else if (value !== null && typeof value === 'object')
    for (const inner of Object.values(value)) collect(inner, texts)
}

test('T41 a dump of D1 and KV opens nothing, and neither it nor the log holds a credential', async () => {
  const logged: string[] = []
  for (const level of ['info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, level).mockImplementation((...args) => void logged.push(JSON.stringify(args)))
  }
  const ada = await signUpPerson('Ada')
  const siteId = await createTestSite(ada)
  const headers = { 'idempotency-key': 'once' }
  const keys = `/api/v1/sites/${siteId}/api-keys`
  const made = await call(`POST ${keys}/`, { token: ada.token, headers, body: {} })
  const rotated = await call(`POST ${keys}/${made.body.id}/rotate`, { token: ada.token, body: { grace_s: 60 } })
  const ended = await call(`POST ${keys}/`, { token: ada.token, body: {} })
  await call(`DELETE ${keys}/${ended.body.id}`, { token: ada.token })
  const invited = await call('POST /api/v1/members/invitations/', {
    token: ada.token,
    body: { email: 'guest@example.com', role: 'editor' },
  })
  for (const token of [made.body.key, rotated.body.key]) {
    expect((await call('GET /api/v1/sites/', { token })).status).toBe(200)
  }
  expect((await call('GET /api/v1/sites/', { token: `${ada.token}x` })).status).toBe(401)
  await call('POST /api/v1/auth/sign-in/email', { body: { email: ada.email, password: 'a wrong password' } })
  vi.restoreAllMocks()

  const texts = await dump()
  expect(texts.size).toBeGreaterThan(60)
  const credentials = [ada.token, made.body.key, rotated.body.key, ended.body.key, invited.body.token, PASSWORD]
  const everything = [...texts].join('\n')
  const log = logged.join('\n')
  expect(logged.length).toBeGreaterThan(5)
  for (const credential of credentials) {
    expect(everything).not.toContain(credential)
    expect(log).not.toContain(credential)
  }
  expect(log).not.toContain('a wrong password')
  for (const text of texts) {
    const token = encodeURIComponent(text)
    const asBearer = await call('GET /api/v1/sites/', { token })
    expect([text, asBearer.status]).toEqual([text, 401])
    const asCookie = await call('GET /api/v1/sites/', { cookie: `igny8.session_token=${token}` })
    expect([text, asCookie.status]).toEqual([text, 401])
    const body = { email: ada.email, password: text.slice(0, 128) || ' ' }
    // after some, guessing has to wait
    if (text.includes(':'))
      expect([401, 429]).toContain((await call('POST /api/v1/auth/sign-in/email', { body })).status)
  }
}, 60_000)
