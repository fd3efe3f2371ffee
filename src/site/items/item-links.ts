/** Most items of one body whose posts are named; the plugin leaves further links open. */
const MOST = 200

const LINK = /igny8:\/\/item\/([\w.-]{1,64})|#igny8\/([\w.-]{1,64})/g

/**
 * The posts of the items that a body links to (`igny8://item/item_…`), by item. The plugin knows only those that it has
 * made itself; the others it learns here.
 */
export function linkedPosts(body: string, postOf: (itemId: string) => number | null): Record<string, number> {
  const posts = new Map<string, number>()
  for (const [, sent, stored] of body.matchAll(LINK)) {
    const item = sent ?? stored ?? ''
    const post = posts.has(item) || posts.size === MOST ? null : postOf(item)
    if (post !== null) posts.set(item, post)
  }
  return Object.fromEntries(posts)
}
