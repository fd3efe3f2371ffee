/**
 * Edits on both sides. Each part of a post has one side that writes it, so that the three-way merge must keep both and it
 * is known what the post must be in the end; of contested posts both sides write the title, and people resolve the
 * conflict.
 */
import type { ModelPost } from '../../test/model/types.ts'
import type { Chance } from './chance.ts'
import { type Load, someSite } from './load.ts'
import type { SoakSite } from './site.ts'

/** Of the posts that a site began with. */
const SHARE_CONTESTED = 0.1
/** More posts than this, and more are removed than made. */
const MOST_POSTS = 220
const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'] as const

let written = 0
/** A text that nobody has written before. */
export const newText = (chance: Chance): string => `${chance.pick(words)} ${chance.pick(words)} ${++written}`

export const isContested = (id: number): boolean => (id * 7919) % 100 < SHARE_CONTESTED * 100

const isEdited = ({ type, status }: ModelPost) => (type === 'post' || type === 'page') && status === 'publish'

/** Posts that both sides may edit: nobody has removed them. */
function editable(site: SoakSite): ModelPost[] {
  const free = ({ id }: ModelPost) => {
    const { isGone = false, status } = site.expected.get(id) ?? {}
    return !isGone && status === undefined
  }
  return [...site.model.site.posts.all()].filter((post) => isEdited(post) && free(post))
}

const expect = (site: SoakSite, id: number, what: object) =>
  site.expected.set(id, { ...site.expected.get(id), ...what })

/** Somebody saves a post in WordPress, makes one, or removes one. */
export async function editThere(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (!site) return
  const posts = editable(site)
  const what = chance.next()
  if (posts.length === 0 || (what < 0.08 && posts.length < MOST_POSTS)) return makeThere(site, chance)
  const post = chance.pick(posts)
  if (!post) return
  if (what < 0.12) return removeThere(site, post, chance)
  const title = newText(chance)
  if (isContested(post.id)) site.contested.add(post.id)
  else expect(site, post.id, { title })
  site.model.editPost(post.id, { title })
}

function makeThere(site: SoakSite, chance: Chance): void {
  const title = newText(chance)
  const { id } = site.model.createPost({ title, body: `<p>${title}</p>`, status: 'publish' })
  site.authored.add(id)
  expect(site, id, isContested(id) ? {} : { title })
}

function removeThere(site: SoakSite, post: ModelPost, chance: Chance): void {
  // what both sides write may come back from the trash by an edit of the other side
  if (isContested(post.id)) return
  if (chance.happens(0.5)) {
    expect(site, post.id, { isGone: true })
    site.model.deletePost(post.id)
  } else {
    expect(site, post.id, { status: 'trash' })
    site.model.trash(post.id)
  }
}

/** An editor changes an item, makes one, or puts one into the trash. */
export async function editHere(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (!site) return
  const posts = editable(site)
  const what = chance.next()
  if (posts.length === 0 || (what < 0.08 && posts.length < MOST_POSTS)) return makeHere(site, chance)
  const post = chance.pick(posts)
  if (!post) return
  const item = await site.itemOf(post.id)
  if (item === null) return
  await site.inTurn(item, () => (what < 0.1 ? trashHere(site, post, item) : changeHere(site, post, item, chance)))
}

async function makeHere(site: SoakSite, chance: Chance): Promise<void> {
  const title = newText(chance)
  const body = `<p>${title}</p>`
  const request = {
    kind: 'create-item',
    token: site.owner.token,
    body: { title, body, status: 'publish' },
    expects: [404],
  }
  const answer = await site.client.sendUntilKnown(`POST ${site.content}`, request)
  if (answer?.status === 201) site.created.add(String(answer.body['id']))
  else if (answer === null || answer.status === 0) throw new Error(`it is not known whether “${title}” was made`)
}

/** Whether an item can't be edited any more because somebody removed it meanwhile, on either side. */
const IS_REMOVED = [404, 409] as const

async function changeHere(site: SoakSite, post: ModelPost, item: string, chance: Chance): Promise<void> {
  const isTitle = isContested(post.id) && chance.happens(0.5)
  const text = newText(chance)
  const change = isTitle ? { title: text } : { body: `<p>${text}</p>` }
  if (isTitle) site.contested.add(post.id)
  const request = { kind: 'edit-item', token: site.owner.token, body: change, expects: IS_REMOVED }
  const answer = await site.client.sendUntilKnown(`PATCH ${site.content}/${item}`, request)
  if (answer?.status === 200 && !isTitle) expect(site, post.id, change)
}

async function trashHere(site: SoakSite, post: ModelPost, item: string): Promise<void> {
  if (isContested(post.id)) return
  expect(site, post.id, { status: 'trash' })
  const request = { kind: 'trash-item', token: site.owner.token, expects: IS_REMOVED }
  await site.client.sendUntilKnown(`DELETE ${site.content}/${item}`, request)
}

/** Somebody resolves the conflicts of a site, for either side. */
export async function resolveConflicts(site: SoakSite, chance: Chance): Promise<number> {
  const { client, owner, content } = site
  const kind = 'resolve'
  const list = await client.send(`GET ${content}?state=conflict&limit=50`, { kind, token: owner.token })
  const items = (list.body['results'] ?? []) as { id: string }[]
  for (const { id } of items) {
    const body = { choice: chance.pick(['wordpress', 'igny8'] as const) }
    // the conflict may have ended by itself
    await client.sendUntilKnown(`POST ${content}/${id}/resolve`, {
      kind,
      token: owner.token,
      body,
      expects: IS_REMOVED,
    })
  }
  return items.length
}

export async function resolveSome(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (site) await resolveConflicts(site, chance)
}
