import type { ItemSummary } from '../../api/types.ts'

/** The terms of these items, as `category:News`. */
export const termsOf = (items: readonly ItemSummary[]): string[] =>
  [
    ...new Set(
      items.flatMap(({ terms }) =>
        Object.entries(terms).flatMap(([name, list]) => list.map((term) => `${name}:${term}`)),
      ),
    ),
  ].toSorted((left, right) => left.localeCompare(right))
