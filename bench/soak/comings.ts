/** Sites and people that come and go, and keys that change. */
import type { Chance } from './chance.ts'
import { type Load, someSite } from './load.ts'
import { signUp } from './people.ts'
import { SoakSite } from './site.ts'

const POSTS_OF_A_GUEST = 12
const MOST_GUESTS = 4
let named = 0

/** Deletes a site, and remembers that nothing of it may be left. */
export async function leave(load: Load, site: SoakSite): Promise<void> {
  site.isLeaving = true
  load.sites.delete(site)
  const request = { kind: 'delete-site', token: site.owner.token, expects: [404] }
  const answer = await load.client.sendUntilKnown(`DELETE /api/v1/sites/${site.siteId}`, request)
  await site.stop()
  if (answer && (answer.status === 204 || answer.status === 404))
    load.deleted.push({ siteId: site.siteId, integrationId: site.integrationId })
  else throw new Error(`the site ${site.siteId} can't be deleted: ${answer?.status} ${answer?.text}`)
}

/** A site comes, and the one that came first goes. */
export async function comeAndGo(load: Load, chance: Chance): Promise<void> {
  const guests = [...load.sites].filter(({ isGuest, isFree }) => isGuest && isFree)
  const [eldest] = guests
  if (eldest && guests.length >= MOST_GUESTS) await leave(load, eldest)
  const owner = chance.pick(load.people)
  if (!owner) return
  const isPolling = chance.happens(0.3)
  const name = `Guest ${++named}`
  const site = await SoakSite.connect(load.client, owner, { posts: POSTS_OF_A_GUEST, isPolling, chance, name })
  site.isGuest = true
  site.isDisturbed = true
  load.sites.add(site)
}

/** A site is disconnected in IGNY8, and its plugin connects it again: everything is imported anew. */
export async function reconnect(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance, ({ isGuest, isPolling }) => isGuest && !isPolling)
  if (!site) return
  await site.reconnect()
}

/** A key is replaced: by rotation with some time for the old one, or by a new one and revoking the old one. */
export async function changeKey(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (!site) return
  const { client, owner, siteId, keyId, key } = site
  const keys = `/api/v1/sites/${siteId}/api-keys`
  const [kind, token] = ['keys', owner.token]
  if (chance.happens(0.5)) {
    const body = { grace_s: 60 }
    const answer = await client.sendUntilKnown(`POST ${keys}/${keyId}/rotate`, {
      kind,
      token,
      body,
      expects: [404, 409],
    })
    if (answer?.status === 201) return site.takeKey(String(answer.body['key']), String(answer.body['id']))
    // a rotation whose answer got lost is done, and nobody has the new key
  }
  const made = await client.sendUntilKnown(`POST ${keys}`, { kind, token, body: {}, expects: [404] })
  if (made?.status !== 201) return
  site.takeKey(String(made.body['key']), String(made.body['id']))
  const revoked = await client.sendUntilKnown(`DELETE ${keys}/${keyId}`, { kind, token, expects: [404] })
  if (revoked?.status !== 204) return
  const request = { kind: 'revoked-key', token: key, body: {}, expects: [401, 404] }
  const answer = await client.send(`POST ${site.path}/sync`, request)
  if (answer.status > 0 && answer.status < 400) throw new Error(`a revoked key of ${siteId} may still sync`)
}

/** Somebody signs up, looks round, asks for the end of their account, and stays after all. */
export async function passBy(load: Load): Promise<void> {
  const { client } = load
  const person = await signUp(client, `Visitor${++named}`)
  const { token } = person
  const kind = 'visitor'
  await client.send('GET /api/v1/me', { kind, token })
  const name = `${person.name}'s site`
  const site = await client.must('POST /api/v1/sites', {
    kind,
    token,
    body: { name, url: 'https://visitor.example.com' },
  })
  const siteId = String(site['id'])
  await client.must(`POST /api/v1/sites/${siteId}/api-keys`, { kind, token, body: {} })
  await client.must(`POST /api/v1/sites/${siteId}/content`, { kind, token, body: { title: 'Not connected yet' } })
  await client.must(`DELETE /api/v1/sites/${siteId}`, { kind, token })
  load.deleted.push({ siteId, integrationId: '' })
  await client.sendUntilKnown('POST /api/v1/me/deletion', {
    kind,
    token,
    body: { email: person.email },
    expects: [409],
  })
  await client.sendUntilKnown('POST /api/v1/auth/sign-out', { kind, token, body: {}, expects: [401] })
}
