import type { ModelWordPress } from './wordpress.ts'

const SENTENCE = 'The quick brown fox jumps over the lazy dog while nobody in the editorial office is looking. '

const DAY_S = 86_400

/** A text of about this many characters. */
function textOf(characters: number): string {
  return SENTENCE.repeat(Math.ceil(characters / SENTENCE.length)).slice(0, Math.max(0, characters - 60))
}

/** Makes bodies that differ from post to post, each when it is read. */
const bodyOf = (rest: () => string) => (id: number) =>
  `<!-- wp:paragraph -->\n<p>Text ${id}. ${rest()}</p>\n<!-- /wp:paragraph -->`

/** The bodies by the index of their post; of one length, they share one text. */
function createBodies(characters: number | ((index: number) => number)): (index: number) => (id: number) => string {
  if (typeof characters !== 'number') return (index) => bodyOf(() => textOf(characters(index)))
  const text = textOf(characters)
  const body = bodyOf(() => text)
  return () => body
}

/**
 * Adds many published posts at once: no hooks, no webhooks; texts are made when they are read. Posts are `stepS`
 * seconds apart (0: all in one second, as after an import) and end a day ago.
 */
export function fillPosts(
  model: ModelWordPress,
  options: {
    count: number
    type?: string
    /** Of each body, or of the one with this index. */
    bodyCharacters?: number | ((index: number) => number)
    stepS?: number
    terms?: number
  },
): void {
  const { count, type = 'post', bodyCharacters = 1000, stepS = 60, terms = 20 } = options
  const { site } = model
  const startS = site.timeS() - DAY_S - count * stepS
  const taxonomies = site.publicType(type)?.taxonomies ?? []
  const termIds = taxonomies.map((taxonomy) => {
    const ids = Array.from({ length: terms }, (_, index) => site.terms.add(taxonomy, `${taxonomy} ${index + 1}`).id)
    return [taxonomy, ids] as const
  })
  const bodies = createBodies(bodyCharacters)
  for (let index = 0; index < count; index++) {
    const id = site.posts.nextId
    const title = `${type} number ${id}`
    const atS = startS + index * stepS
    const own = Object.fromEntries(
      termIds.map(([taxonomy, ids]) => [taxonomy, ids.slice(index % terms, (index % terms) + 2)]),
    )
    site.posts.add({
      id,
      type,
      title,
      body: bodies(index),
      excerpt: '',
      slug: `${type}-number-${id}`,
      status: 'publish',
      dateS: atS,
      modifiedS: atS,
      parent: 0,
      author: 1,
      terms: own,
      meta: {},
      featured: 0,
      fileUrl: '',
      password: '',
      isUnreadable: false,
      revision: 0,
    })
  }
}
