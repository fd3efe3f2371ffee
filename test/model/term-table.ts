import { compareBytes, sanitizeTitle } from './text.ts'
import type { ModelTerm } from './types.ts'

const key = (taxonomy: string, text: string) => `${taxonomy}\n${text}`

/** `wp_terms` and `wp_term_taxonomy`. */
export class TermTable {
  #terms = new Map<number, ModelTerm>()
  #byName = new Map<string, Set<ModelTerm>>()
  #bySlug = new Map<string, ModelTerm>()
  #lists = new Map<string, ModelTerm[]>()
  /** Increased by every change; data derived from older terms is out of date. */
  version = 0
  #nextId = 1

  get(id: number): ModelTerm | undefined {
    return this.#terms.get(id)
  }

  /** Of a taxonomy, by id. */
  list(taxonomy: string): readonly ModelTerm[] {
    const known = this.#lists.get(taxonomy)
    if (known) return known
    const terms = [...this.#terms.values()].filter((term) => term.taxonomy === taxonomy)
    this.#lists.set(taxonomy, terms)
    return terms
  }

  add(
    taxonomy: string,
    name: string,
    options: { slug?: string; parent?: number; description?: string } = {},
  ): ModelTerm {
    const slug = this.#uniqueSlug(taxonomy, options.slug ?? sanitizeTitle(name))
    const { parent = 0, description = '' } = options
    const term = { id: this.#nextId++, taxonomy, name, slug, parent, description }
    this.#terms.set(term.id, term)
    this.#note(term)
    return term
  }

  change(term: ModelTerm, changes: Partial<Pick<ModelTerm, 'name' | 'slug' | 'parent' | 'description'>>): void {
    this.#forget(term)
    Object.assign(term, changes)
    this.#note(term)
  }

  remove(term: ModelTerm): void {
    this.#terms.delete(term.id)
    this.#forget(term)
  }

  named(taxonomy: string, name: string): ModelTerm[] {
    return [...(this.#byName.get(key(taxonomy, name)) ?? [])]
  }

  withSlug(taxonomy: string, slug: string): ModelTerm | undefined {
    return this.#bySlug.get(key(taxonomy, slug))
  }

  /** Terms as documents name them: by name, or by slug if the name is ambiguous; in byte order. */
  describe(ids: readonly number[]): string[] {
    const texts = ids.flatMap((id) => {
      const term = this.#terms.get(id)
      if (!term) return []
      const namesakes = this.#byName.get(key(term.taxonomy, term.name))?.size ?? 0
      return [namesakes > 1 ? term.slug : term.name]
    })
    return texts.length < 2 ? texts : texts.sort(compareBytes)
  }

  #note(term: ModelTerm): void {
    const names = key(term.taxonomy, term.name)
    const holders = this.#byName.get(names)
    if (holders) holders.add(term)
    else this.#byName.set(names, new Set([term]))
    this.#bySlug.set(key(term.taxonomy, term.slug), term)
    this.#changed(term.taxonomy)
  }

  #forget(term: ModelTerm): void {
    this.#byName.get(key(term.taxonomy, term.name))?.delete(term)
    this.#bySlug.delete(key(term.taxonomy, term.slug))
    this.#changed(term.taxonomy)
  }

  #changed(taxonomy: string): void {
    this.#lists.delete(taxonomy)
    this.version++
  }

  #uniqueSlug(taxonomy: string, wanted: string): string {
    for (let suffix = 1; ; suffix++) {
      const slug = suffix === 1 ? wanted : `${wanted}-${suffix}`
      if (!this.withSlug(taxonomy, slug)) return slug
    }
  }
}
