import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api } from '../api/api.ts'
import { chosenAccount } from '../api/chosen-account.ts'
import { isCode } from '../api/errors.ts'
import { type ExportKind, fetchExport, newDownload, saveFile } from '../api/export.ts'
import type { Account, Deletion, Deletions } from '../api/types.ts'
import { keys } from './keys.ts'

const STALE_MS = 5 * 60_000

/** The scheduled deletions of the account and of the person. */
export const useDeletions = (): UseQueryResult<Deletions> =>
  useQuery({ queryKey: keys.deletions, queryFn: () => api.GET('/deletions'), staleTime: STALE_MS })

function useDeletionChange<T, I>(change: (input: I) => Promise<T>): UseMutationResult<T, Error, I> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    // its sites are switched off or on
    onSuccess: () =>
      Promise.all([keys.deletions, keys.sites].map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
}

export const useDeleteAccount = (): UseMutationResult<Deletion, Error, string> =>
  useDeletionChange((name) => api.POST('/account/deletion', { body: { name } }))

export const useKeepAccount = (): UseMutationResult<unknown, Error, void> =>
  useDeletionChange(() => api.DELETE('/account/deletion'))

export const useDeletePerson = (): UseMutationResult<Deletion, Error, string> =>
  useDeletionChange((email) => api.POST('/me/deletion', { body: { email } }))

export const useStay = (): UseMutationResult<unknown, Error, void> =>
  useDeletionChange(() => api.DELETE('/me/deletion'))

/** Makes an account for a person who is in none, and works in it. */
export function useCreateAccount(): UseMutationResult<Account, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (name) => api.POST('/account', { body: { name } }),
    onSuccess: async () => {
      chosenAccount.clear()
      await client.refetchQueries({ queryKey: keys.session })
    },
  })
}

interface Export {
  download: UseMutationResult<boolean, Error, void>
  /** Bytes that have come so far. */
  bytes: number
}

/** Downloads an export. Resolves to whether it is complete. */
export function useExport(kind: ExportKind): Export {
  const [bytes, setBytes] = useState(0)
  const progress = useRef(newDownload())
  const download = useMutation({
    mutationFn: async () => {
      setBytes(progress.current.bytes)
      const { file, name, isComplete } = await fetchExport(kind, progress.current, setBytes)
      saveFile(file, name)
      return isComplete
    },
    // a long download outlives the sign-in that allows it: it goes on once the person has typed their password
    onSettled: (_isComplete, error) => {
      if (!isCode(error, 'recent_sign_in_required')) progress.current = newDownload()
    },
  })
  return { download, bytes }
}
