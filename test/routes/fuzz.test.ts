import { env } from 'cloudflare:workers'
import { and, eq, ne } from 'drizzle-orm'
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { accounts, deletions, memberships, notificationEndpoints, sites } from '../../src/db/schema/index.ts'
import { signMessage } from '../../src/lib/signature.ts'
import { routes } from '../../src/routes/index.ts'
import { addMember, signUpPerson, type Person } from '../support/identity.ts'
import { connectSiteWithStructure, d1, type ConnectedSite } from '../support/integration.ts'
import { addDelivery } from '../support/notifications.ts'
import { documentPath, openApi, refusal } from '../support/openapi.ts'
import { requestTo, type GeneratedRequest } from '../support/openapi-arbitrary.ts'
import { callRaw, JSON_TYPE } from '../support/openapi-raw.ts'
import { playInternet } from '../support/plugin.ts'

/** By hand: `FUZZ_REQUESTS=100000 FUZZ_SEED=7 vitest run --project workers test/routes/fuzz.test.ts`. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] || 12 * routes.length)
const SEED = Number(process.env['FUZZ_SEED'] || 20_261_121)
/** These may delete or close the site if they succeed; the next request gets a new one. */
const SPOILS = new Set([
  'deleteSite',
  'updateSite',
  'updateIntegration',
  'revokeApiKey',
  'rotateApiKey',
  'removeMember',
  'updateMember',
  'deleteItem',
  'deleteEndpoint',
  'redeliver',
  'scheduleAccountDeletion',
  'finishRestore',
  'suspendAccount',
])

interface World {
  own: ConnectedSite
  values: Record<string, string>
  tokens: Record<string, string | undefined>
}

let owner: Person
let viewer: Person
let editor: Person
/** Credentials that no request changes. */
let tokens: Record<string, string>
let foreign: ConnectedSite
let world: World | null = null
const statuses = new Map<number, number>()
const reached = new Set<string>()

const valuesOf = (whose: string, site: ConnectedSite, userId: string) => ({
  [`<${whose} site_id>`]: site.siteId,
  [`<${whose} key_id>`]: site.keyId,
  [`<${whose} integration_id>`]: site.integrationId,
  [`<${whose} user_id>`]: userId,
  [`<${whose} account_id>`]: site.owner.accountId,
  [`<${whose} api_key>`]: site.key,
  [`<${whose} site_url>`]: site.wordpress.url,
  [`<${whose} signing_secret>`]: site.wordpress.signingSecret,
  [`<${whose} cookie>`]: site.owner.cookie,
})

beforeAll(async () => {
  playInternet()
  foreign = await connectSiteWithStructure()
  owner = await signUpPerson()
  viewer = await addMember(owner, 'viewer')
  editor = await addMember(owner, 'editor')
  const { path, siteId, keyId, key } = await connectSiteWithStructure(owner)
  await callRaw(`DELETE ${path}/`, { token: owner.token })
  await callRaw(`DELETE /api/v1/sites/${siteId}/api-keys/${keyId}/`, { token: owner.token })
  const [asOwner, asViewer, asEditor] = [owner.token, viewer.token, editor.token]
  tokens = {
    owner: asOwner,
    viewer: asViewer,
    editor: asEditor,
    foreign: foreign.owner.token,
    revoked: key,
    garbage: 'x',
    operator: env.OPERATOR_TOKEN,
  }
})

const sendJson = async (request: string, token: string, body: unknown) =>
  (await callRaw(request, { token, headers: JSON_TYPE, body: JSON.stringify(body) })).body

/** Deletes what the world before has left, else the account has reached its quota of sites after some 28,000 requests. */
async function deleteSites(): Promise<void> {
  const own = await d1().select({ id: sites.id }).from(sites).where(eq(sites.accountId, owner.accountId))
  for (const { id } of own) await callRaw(`DELETE /api/v1/sites/${id}/`, { token: owner.token })
}

/** A connected site with one of everything; resets the roles of the account's people. */
async function createWorld(): Promise<World> {
  // an account may have been given the name that its deletion was then asked for with
  await d1().delete(deletions)
  // an operator's token may have suspended it
  await d1().update(accounts).set({ suspendedAt: null, suspensionReason: null }).where(eq(accounts.id, owner.accountId))
  await deleteSites()
  const own = await connectSiteWithStructure(owner)
  const { accountId, token } = owner
  await d1()
    .delete(memberships)
    .where(and(eq(memberships.accountId, accountId), ne(memberships.userId, owner.userId)))
  const member = (userId: string, role: 'viewer' | 'editor') => ({ accountId, userId, role, createdAt: new Date() })
  await d1()
    .insert(memberships)
    .values([member(viewer.userId, 'viewer'), member(editor.userId, 'editor')])
  const other = await sendJson(`POST /api/v1/sites/${own.siteId}/api-keys/`, token, {})
  const item = await sendJson(`POST /api/v1/sites/${own.siteId}/content/`, token, { title: 'An item' })
  await sendJson(`PATCH /api/v1/sites/${own.siteId}/content/${item.id}/`, token, { title: 'Another title' })
  const run = await sendJson(`POST ${own.path}/sync/`, token, { direction: 'metadata' })
  const draft = { selection: { ids: [item.id] }, action: { kind: 'status', status: 'draft' } }
  const bulk = await sendJson(`POST /api/v1/sites/${own.siteId}/bulk/`, token, draft)
  const endpoints = '/api/v1/notifications/endpoints/'
  await d1().delete(notificationEndpoints).where(eq(notificationEndpoints.accountId, accountId))
  const endpoint = await sendJson(`POST ${endpoints}`, token, { url: 'https://hooks.example.com/' })
  const delivery = await addDelivery(owner, endpoint.id)
  const started = await sendJson(`POST /api/v1/sites/${own.siteId}/import/`, token, {})
  const backup = await sendJson('POST /api/v1/operator/backups/', env.OPERATOR_TOKEN, {})
  const restore = await sendJson('POST /api/v1/operator/restores/', env.OPERATOR_TOKEN, { what: 'sites', secrets: {} })
  return {
    own,
    values: {
      ...valuesOf('own', own, viewer.userId),
      ...valuesOf('foreign', foreign, foreign.owner.userId),
      '<own item_id>': item.id,
      '<own version_id>': 'ver_1',
      '<own run_id>': run.id,
      '<own bulk_id>': bulk.job.id,
      '<own content_id>': item.id,
      '<own endpoint_id>': endpoint.id,
      '<own delivery_id>': delivery,
      '<own import_id>': started.id,
      '<own backup_id>': backup.id,
      '<own restore_id>': restore.id,
      '<own database>': 'DB',
      '<own part>': '1',
    },
    tokens: { ...tokens, key: other.key },
  }
}

/** Replaces placeholders by their values. An absent value becomes a well-formed id. */
const fill = ({ values }: World, text: string): string =>
  text.replaceAll(/<(own|foreign|absent) (\w+)>/g, (name, whose: string, kind: string) =>
    whose === 'absent' ? `${kind.slice(0, -3)}_${'0'.repeat(32)}` : (values[name] ?? name),
  )

function pathOf(current: World, request: GeneratedRequest, template: string): string {
  let index = 0
  const path = template.replaceAll(/:(\w+)/g, (_, name: string) => {
    const whose = request.whose[index] ?? 'own'
    const text = request.ids[index++] ?? ''
    return whose === 'hostile' ? encodeURIComponent(text.toWellFormed()) : fill(current, `<${whose} ${name}>`)
  })
  const styled = request.style === '_' ? path.replaceAll(/(?<=\/[a-z]+)-(?=[a-z])/g, '_') : path + request.style
  const query = request.query.map((pair) =>
    pair.map((text) => encodeURIComponent(fill(current, text).toWellFormed())).join('='),
  )
  return query.length > 0 ? `${styled}?${query.join('&')}` : styled
}

async function headersOf(current: World, request: GeneratedRequest, body: string): Promise<Record<string, string>> {
  const headers: Record<string, string> = {}
  if (['viewer', 'editor'].includes(request.token ?? '')) headers['x-account-id'] = current.own.owner.accountId
  for (const [name, value] of Object.entries(request.headers)) headers[name] = fill(current, value ?? '')
  if (request.body?.type) headers['content-type'] = request.body.type
  if (!request.isSigned) return headers
  const [id, timestamp] = [crypto.randomUUID(), Math.floor(Date.now() / 1000)]
  const secrets = [current.own.wordpress.signingSecret]
  headers['webhook-id'] = id
  headers['webhook-timestamp'] = String(timestamp)
  headers['webhook-signature'] = await signMessage({ id, timestamp, body, secrets })
  return headers
}

/**
 * Succeed only with what nobody can make up: a password, a code, a passkey, a signed token, the account's name
 * or the person's address typed again; or for people who are in no account, as here nobody is.
 */
const NEEDS_PROOF = new Set([
  'signInSecondStep',
  'describeConnectRequest',
  'exchangeConnectCode',
  'signInWithPasskey',
  'verifyEmail',
  'resetPassword',
  'acceptInvitation',
  'confirmPassword',
  'changePassword',
  'changeEmail',
  'setUpTotp',
  'confirmTotp',
  'removeTotp',
  'renewRecoveryCodes',
  'createPasskey',
  'renamePasskey',
  'removePasskey',
  'confirmConnectionChange',
  'refuseConnectionChange',
  'scheduleAccountDeletion',
  'cancelAccountDeletion',
  'schedulePersonDeletion',
  'cancelPersonDeletion',
  'createAccount',
  'unsubscribe',
  'askToUnsubscribe',
  'getMailSubscription',
  'resubscribe',
])

async function play(request: GeneratedRequest): Promise<void> {
  const current = (world ??= await createWorld())
  const route = routes.find(({ operationId }) => operationId === request.operationId)
  if (!route) throw new Error(request.operationId)
  const body = request.body && route.method !== 'get' ? fill(current, request.body.text) : null
  // signing out ends the session sent, so these requests use one that no other needs
  const isSignOut = route.operationId === 'signOut'
  const token = request.token === null || isSignOut ? undefined : current.tokens[request.token]
  const { cookie, ...headers } = await headersOf(current, request, body ?? '')
  const answer = await callRaw(`${route.method.toUpperCase()} ${pathOf(current, request, route.path)}`, {
    ...(token !== undefined && { token }),
    headers: isSignOut || cookie === undefined ? headers : { ...headers, cookie },
    ...(body !== null && { body }),
  })
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
  if (answer.status < 400) {
    reached.add(route.operationId)
    if (SPOILS.has(route.operationId)) world = null
  }
  const isDeclared501 = answer.status === 501 && openApi.paths[documentPath(route)][route.method].responses['501']
  expect(answer.status < 500 || Boolean(isDeclared501), refusal(answer).join(' ')).toBe(true)
}

test(
  `T43 ${REQUESTS} requests made from the document are answered as it says, and none with a 5xx`,
  { timeout: 60_000 + REQUESTS * 100 },
  async () => {
    const request = fc.oneof(...routes.map(requestTo))
    await fc.assert(fc.asyncProperty(request, play), { numRuns: REQUESTS, seed: SEED })
    console.info('statuses', Object.fromEntries([...statuses].toSorted(([left], [right]) => left - right)))
    // a generator whose requests are all refused would test nothing
    const reachable = routes.map(({ operationId }) => operationId).filter((id) => !NEEDS_PROOF.has(id))
    expect(reachable).toHaveLength(routes.length - NEEDS_PROOF.size)
    const never = reachable.filter((id) => !reached.has(id))
    console.info('never reached', never)
    expect(never.length).toBeLessThan(reachable.length / 4)
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 201, 202, 204, 400, 401, 403, 404, 415, 422]))
  },
)
