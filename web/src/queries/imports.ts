import {
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  type UseMutationResult,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/api.ts'
import { isCode } from '../api/errors.ts'
import { sendFile } from '../api/import.ts'
import type { ImportOptions, ImportRefusal, SiteImport } from '../api/types.ts'
import { keys } from './keys.ts'
import { byCursor, type Page, pageQuery } from './paging.ts'

const POLL_MS = 1_500
const PAGE_SIZE = 50

const pathOf = (siteId: string) => ({ path: { site_id: siteId } })

async function readImport(siteId: string): Promise<SiteImport | null> {
  try {
    return await api.GET('/sites/{site_id}/import', { params: pathOf(siteId) })
  } catch (error) {
    if (isCode(error, 'import_not_found')) return null
    throw error
  }
}

/** The import under way, or the last one; null if there is none. Read again while it is carried out. */
export const useImport = (siteId: string): UseQueryResult<SiteImport | null> =>
  useQuery({
    queryKey: keys.siteImport(siteId),
    queryFn: () => readImport(siteId),
    refetchInterval: ({ state }) => (state.data?.state === 'applying' ? POLL_MS : false),
  })

function useImportChange<T>(siteId: string, change: (input: T) => Promise<SiteImport | null>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: (found) => client.setQueryData(keys.siteImport(siteId), found),
    // a file that was refused leaves an import that waits for its parts
    onError: () => client.invalidateQueries({ queryKey: keys.siteImport(siteId), exact: true }),
  })
}

const applyImport = ({ site_id: siteId, id }: SiteImport): Promise<SiteImport> =>
  api.POST('/sites/{site_id}/import/{import_id}/apply', { params: { path: { site_id: siteId, import_id: id } } })

interface FileImport {
  start: UseMutationResult<SiteImport | null, Error, { file: File; options: ImportOptions }>
  /** Bytes that were sent so far. */
  bytes: number
}

/** Sends a file, and has it carried out. */
export function useStartImport(siteId: string): FileImport {
  const [bytes, setBytes] = useState(0)
  const start = useImportChange(siteId, async ({ file, options }: { file: File; options: ImportOptions }) => {
    setBytes(0)
    const started = await api.POST('/sites/{site_id}/import', { params: pathOf(siteId), body: options })
    return applyImport(await sendFile(started, file, setBytes))
  })
  return { start, bytes }
}

/** Carries out a file that is there already. */
export const useApplyImport = (siteId: string): UseMutationResult<SiteImport | null, Error, SiteImport> =>
  useImportChange(siteId, applyImport)

export const useDropImport = (siteId: string): UseMutationResult<SiteImport | null, Error, void> =>
  useImportChange(siteId, async () => {
    await api.DELETE('/sites/{site_id}/import', { params: pathOf(siteId) })
    return null
  })

/** What an import left out, in the order of the file, paged. */
export const useRefusals = ({
  site_id: siteId,
  id,
}: SiteImport): UseInfiniteQueryResult<InfiniteData<Page<ImportRefusal>>> =>
  useInfiniteQuery({
    queryKey: keys.refusals(siteId, id),
    queryFn: ({ pageParam }) =>
      api.GET('/sites/{site_id}/import/refusals', {
        params: { path: { site_id: siteId }, query: pageQuery(pageParam, PAGE_SIZE) },
      }),
    ...byCursor,
  })
