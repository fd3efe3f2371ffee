import {
  keepPreviousData,
  type InfiniteData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  type UseMutationResult,
} from '@tanstack/react-query'
import { api } from '../api/api.ts'
import { chosenAccount } from '../api/chosen-account.ts'
import type { AuditAction, AuditRecord, AuditVerdict } from '../api/types.ts'
import { keys } from './keys.ts'
import { byCursor, type Page, pageQuery } from './paging.ts'

const PAGE_SIZE = 50

/** Filter of the audit log; absent fields don't filter. */
export interface AuditFilter {
  actor?: string
  action?: AuditAction
  entity_id?: string
  from?: string
  to?: string
}

/** The account's audit log, newest first, paged. */
export const useAudit = (
  filter: AuditFilter,
  enabled: boolean,
): UseInfiniteQueryResult<InfiniteData<Page<AuditRecord>>> =>
  useInfiniteQuery({
    queryKey: [...keys.audit, filter],
    queryFn: ({ pageParam }) =>
      api.GET('/audit', { params: { query: { ...filter, ...pageQuery(pageParam, PAGE_SIZE) } } }),
    ...byCursor,
    placeholderData: keepPreviousData,
    enabled,
  })

/** Verifies the whole chain, stretch by stretch. */
async function verifyAll(): Promise<AuditVerdict> {
  let verified = 0
  let after: AuditVerdict['head'] = null
  for (;;) {
    const verdict: AuditVerdict = await api.POST('/audit/verify', { body: after === null ? {} : { after } })
    verified += verdict.verified
    if (verdict.is_complete) return { ...verdict, verified }
    after = verdict.head
  }
}

export const useVerifyAudit = (): UseMutationResult<AuditVerdict, Error, void> => useMutation({ mutationFn: verifyAll })

/** The cursor of the next file, from a `Link` header; null after the last one. */
export function nextCursor(link: string | null): string | null {
  const url = /<([^>]+)>; rel="next"/.exec(link ?? '')?.[1]
  return url === undefined ? null : new URL(url).searchParams.get('cursor')
}

/**
 * Downloads the log, in files of at most 10,000 records. A link can't name the chosen account, so each file is read here
 * and then saved.
 */
async function saveExport({ format, filter }: { format: 'csv' | 'json'; filter: AuditFilter }): Promise<void> {
  const account = chosenAccount.get()
  const headers = account === null ? {} : { 'x-account-id': account }
  let cursor: string | null = null
  for (let file = 1; file === 1 || cursor !== null; file++) {
    const query: string = new URLSearchParams({ ...filter, format, ...(cursor !== null && { cursor }) }).toString()
    const answer = await fetch(`/api/v1/audit/export?${query}`, { credentials: 'include', headers })
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await answer.blob())
    link.download = `audit-log${file === 1 ? '' : `-${file}`}.${format}`
    link.click()
    URL.revokeObjectURL(link.href)
    cursor = nextCursor(answer.headers.get('link'))
  }
}

export const useExportAudit = (): UseMutationResult<void, Error, { format: 'csv' | 'json'; filter: AuditFilter }> =>
  useMutation({ mutationFn: saveExport })
