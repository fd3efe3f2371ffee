import type { InfiniteData } from '@tanstack/react-query'

/** One page of a list, and the cursor of the next. */
export interface Page<T> {
  results: T[]
  next: string | null
}

/** What a list by cursor needs to know of its pages. */
export const byCursor = {
  initialPageParam: null as string | null,
  getNextPageParam: ({ next }: { next: string | null }) => next,
}

/** The query of one page. */
export const pageQuery = (cursor: string | null, limit: number) => ({ limit, ...(cursor !== null && { cursor }) })

/** The entries of all pages that were read, in order. */
export const entriesOf = <T>(data: InfiniteData<Page<T>> | undefined): T[] =>
  data?.pages.flatMap(({ results }) => results) ?? []
