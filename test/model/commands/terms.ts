import { readArguments, TermsArguments } from '../arguments.ts'
import type { Context } from '../context.ts'
import { whole } from '../document.ts'
import { hash32 } from '../hash.ts'
import type { Site } from '../site.ts'
import { requireAllowed } from './read.ts'
import { CommandFailure, type ModelTerm } from '../types.ts'

const NOT_COUNTED = new Set(['trash', 'draft', 'pending', 'auto-draft', 'future', 'private'])

/** Published posts by term, as `wp_term_taxonomy.count` has them. */
function countPosts(site: Site, taxonomy: string): Map<number, number> {
  const counts = new Map<number, number>()
  for (const post of site.posts.all()) {
    if (NOT_COUNTED.has(post.status)) continue
    for (const id of post.terms[taxonomy] ?? []) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

/** `terms`: a page of a taxonomy by id, or that nothing changed. */
export function runTerms(site: Site, args: unknown, context: Context): string {
  const { taxonomy, after, limit, if_etag: ifEtag } = readArguments(TermsArguments, args)
  if (!site.taxonomies.get(taxonomy)?.isPublic) {
    throw new CommandFailure('unknown_type', `This site has no public taxonomy “${taxonomy}”.`)
  }
  requireAllowed(site, taxonomy)
  const counts = countPosts(site, taxonomy)
  const describe = ({ id, name, slug, parent, description }: ModelTerm) => ({
    id,
    name,
    slug,
    parent,
    count: counts.get(id) ?? 0,
    description,
  })
  const terms = site.terms.list(taxonomy)
  // The count of posts is left out: it changes with every one of them.
  const etag = hash32(JSON.stringify(terms))
  const total = terms.length
  if (etag === ifEtag) return JSON.stringify({ terms: [], next: null, total, etag, unchanged: true })
  const rest = terms.filter(({ id }) => id > after)
  const page = context.takeParts(rest.slice(0, limit), (term) => whole(JSON.stringify(describe(term))), 0)
  const next = rest.length > page.parts.length ? (page.last?.id ?? null) : null
  return `{"terms":[${page.parts.join(',')}],"next":${next},"total":${total},"etag":"${etag}","unchanged":false}`
}
