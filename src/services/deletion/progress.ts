import type { ServiceContext } from '../context.ts'

/** What a slice leaves: `more` work, work that has to `wait` for something that is away, or nothing (`done`). */
export type Progress = 'more' | 'wait' | 'done'

/** Most queries of one slice, writes to keys' copies at the edge included; a test counts them. */
export const QUERIES_PER_SLICE = 150

/** Says of each step of a slice, by the most queries that it makes, whether it still fits into the slice. */
export function startSlice({ queriesLeft }: Pick<ServiceContext, 'queriesLeft'>): (queries: number) => boolean {
  const end = queriesLeft() - QUERIES_PER_SLICE
  return (queries) => queriesLeft() - queries >= end
}
