import type { InfiniteData } from '@tanstack/react-query'

/** One page of a list, and the cursor of the next. */
export interface Page<T> {
  results: T[]
  next: string | null
}

/** Options of an infinite query that pages by cursor. */
export const byCursor = {
  initialPageParam: null as string | null,
  getNextPageParam: ({ next }: { next: string | null }) => next,
}

/** Query parameters of one page. */
export const pageQuery = (cursor: string | null, limit: number) => ({ limit, ...(cursor !== null && { cursor }) })

/** All entries of the loaded pages, in order. */
export const entriesOf = <T>(data: InfiniteData<Page<T>> | undefined): T[] =>
  data?.pages.flatMap(({ results }) => results) ?? []
