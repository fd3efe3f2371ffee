/** Compares a site in IGNY8 with its model WordPress, exactly. */
import { itemIdOf } from '../../test/model/document.ts'
import type { ModelPost } from '../../test/model/types.ts'
import type { SoakSite } from './site.ts'

interface Summary {
  id: string
  type: string
  title: string
  slug: string
  status: string
  state: string
  external_id: string | null
}

const TYPES = ['post', 'page'] as const
const PAGE = 200
const kind = 'compare'

/** Items of a state; default: all but those that were deleted. */
export async function listItems({ client, owner, content }: SoakSite, state?: string): Promise<Summary[]> {
  const items: Summary[] = []
  const filter = state === undefined ? '' : `&state=${state}`
  for (let cursor: string | null = ''; cursor !== null;) {
    const after = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const body: Record<string, unknown> = await client.must(`GET ${content}?limit=${PAGE}${filter}${after}`, {
      kind,
      token: owner.token,
    })
    items.push(...(body['results'] as Summary[]))
    cursor = body['next'] as string | null
  }
  return items
}

const postsOf = ({ model }: SoakSite): ModelPost[] =>
  [...model.site.posts.all()].filter(
    ({ type, status }) => (TYPES as readonly string[]).includes(type) && status !== 'auto-draft',
  )

/** What people wrote must be in the post. */
function lostEdits(site: SoakSite): string[] {
  return [...site.expected].flatMap(([id, wanted]) => {
    const { status, isGone = false } = wanted
    const post = site.model.site.posts.get(id)
    if (isGone) return post ? [`post ${id} was deleted and is there`] : []
    if (!post) return [`post ${id} is gone`]
    if (status !== undefined) return post.status === status ? [] : [`post ${id} is ${post.status}, not ${status}`]
    const title = wanted.title ?? post.title
    const body = wanted.body ?? post.body
    if (post.title !== title) return [`post ${id} has the title “${post.title}”, not “${title}”`]
    return post.body === body ? [] : [`post ${id} has the body ${String(post.body)}, not ${String(body)}`]
  })
}

/** Posts that nobody made, or that were made twice for one item. */
function duplicates({ model, authored, created }: SoakSite, posts: readonly ModelPost[]): string[] {
  const owners = new Map<string, number>()
  return posts.flatMap((post) => {
    const owner = itemIdOf(model.site, post)
    if (authored.has(post.id))
      return owner === null ? [] : [`post ${post.id}, which a person made, is made for ${owner}`]
    if (owner === null) return [`post ${post.id} was made by nobody`]
    const other = owners.get(owner)
    owners.set(owner, post.id)
    if (other !== undefined) return [`posts ${other} and ${post.id} are one item`]
    return created.has(owner) ? [] : [`post ${post.id} is of ${owner}, which nobody made`]
  })
}

/** Items that are not a post, and posts that are no item. */
function differences(items: readonly Summary[], posts: readonly ModelPost[]): string[] {
  const byId = new Map(posts.map((post) => [String(post.id), post]))
  const seen = new Set<string>()
  const problems = items.flatMap(({ id, state, external_id: externalId, title, slug, status }) => {
    if (state !== 'synced') return [`${id} is ${state}`]
    if (externalId === null) return [`${id} has no post`]
    if (seen.has(externalId)) return [`post ${externalId} is two items`]
    seen.add(externalId)
    const post = byId.get(externalId)
    if (!post) return [`${id} is post ${externalId}, which is gone`]
    const differs = post.title !== title || post.slug !== slug || post.status !== status
    return differs
      ? [`${id} is “${title}” (${slug}, ${status}), its post “${post.title}” (${post.slug}, ${post.status})`]
      : []
  })
  return [...problems, ...posts.filter(({ id }) => !seen.has(String(id))).map(({ id }) => `post ${id} is no item`)]
}

async function otherBodies(site: SoakSite, items: readonly Summary[]): Promise<string[]> {
  const problems: string[] = []
  for (const { id, external_id: externalId } of items) {
    const item = await site.client.must(`GET ${site.content}/${id}`, { kind, token: site.owner.token })
    const post = site.model.site.posts.get(Number(externalId))
    if (post && post.body !== item['body']) problems.push(`${id} has another body than post ${post.id}`)
  }
  return problems
}

async function miscounts(site: SoakSite, posts: readonly ModelPost[]): Promise<string[]> {
  const shown = await site.client.must(`GET ${site.path}/content-types`, { kind, token: site.owner.token })
  const types = shown['post_types'] as Record<string, { count: number; synced_count: number }>
  return TYPES.flatMap((type) => {
    const there = posts.filter((post) => post.type === type && !site.model.site.hiddenStatuses.has(post.status)).length
    const { count, synced_count: synced } = types[type] ?? { count: 0, synced_count: 0 }
    return count === there && synced === there
      ? []
      : [`${there} ${type}s are counted as ${count}, ${synced} of them synced`]
  })
}

/** What differs between a site and IGNY8; nothing once both have come to rest. */
export async function findProblems(site: SoakSite): Promise<string[]> {
  const posts = postsOf(site)
  const items = await listItems(site)
  const found = [
    ...differences(items, posts),
    ...lostEdits(site).map((problem) => `lost: ${problem}`),
    ...duplicates(site, posts).map((problem) => `duplicate: ${problem}`),
    ...(await miscounts(site, posts)),
  ]
  // once all else is right: each text is a request
  return found.length > 0 ? found : otherBodies(site, items)
}
