import {
  type MutationState,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { api } from '../api/api.ts'
import { ApiError } from '../api/errors.ts'
import type { ContentTypes } from '../api/types.ts'
import { keys } from './keys.ts'

export type TypeKind = 'post_types' | 'taxonomies'

/** One change that an editor makes to one type. */
export interface TypeChange {
  kind: TypeKind
  slug: string
  change: { enabled: boolean } | { fetch_limit: number }
}

/** How long a saved change outweighs what is told: a message may have been on its way since before. */
const SETTLED_MS = 1_500

/** Structure, counts and choices of a site. */
export const useContentTypes = (integrationId: string): UseQueryResult<ContentTypes> =>
  useQuery({
    queryKey: keys.contentTypes(integrationId),
    queryFn: () => {
      const params = { path: { integration_id: integrationId } }
      return api.GET('/integration/integrations/{integration_id}/content-types', { params })
    },
  })

/** What changes choices, and what starts from them, goes one after the other. */
export const choicesScope = (integrationId: string): { id: string } => ({ id: `content-types-${integrationId}` })

const changeKey = (integrationId: string) => [...keys.contentTypes(integrationId), 'change']

/** Names the one setting that a change is about. */
export const settingOf = ({ kind, slug, change }: TypeChange): string => `${kind}/${slug}/${Object.keys(change)[0]}`

/**
 * Saves one change. Changes are sent one after the other in the order in which they were made; none is shown as the
 * API's until it answered (see `useShownContentTypes`), so that a refusal of one leaves the others alone.
 */
export function useChangeType(
  integrationId: string,
  onRefused: (change: TypeChange, error: Error) => void,
): (change: TypeChange) => void {
  const client = useQueryClient()
  const queryKey = keys.contentTypes(integrationId)
  const { mutate } = useMutation({
    mutationKey: changeKey(integrationId),
    scope: choicesScope(integrationId),
    mutationFn: async ({ kind, slug, change }: TypeChange) => {
      const params = { path: { integration_id: integrationId } }
      const body = { [kind]: { [slug]: change } }
      const answer = await api.PATCH('/integration/integrations/{integration_id}/content-types', { params, body })
      await client.cancelQueries({ queryKey, exact: true })
      client.setQueryData(queryKey, answer)
      return Date.now()
    },
    onError: (error, change) => {
      // without an answer nobody knows whether it was saved
      if (!(error instanceof ApiError)) void client.invalidateQueries({ queryKey, exact: true })
      onRefused(change, error)
    },
  })
  return mutate
}

interface Made {
  of: TypeChange
  status: MutationState['status']
  savedAt: number
  error: Error | null
}

/** The content types with what was chosen but not answered yet, and what the API refused. */
export interface ShownContentTypes {
  types: ContentTypes
  /** Settings that are being saved. */
  saving: ReadonlySet<string>
  /** Why the last change of a setting wasn't saved. */
  refused: ReadonlyMap<string, Error>
}

/** What the tab shows: the API's content types, and over them the changes under way. */
export function useShownContentTypes(integrationId: string, types: ContentTypes): ShownContentTypes {
  const made = useMutationState<Made>({
    filters: { mutationKey: changeKey(integrationId) },
    select: ({ state }) => ({
      of: state.variables as TypeChange,
      status: state.status,
      savedAt: typeof state.data === 'number' ? state.data : 0,
      error: state.error,
    }),
  })
  const lastSavedAt = Math.max(0, ...made.map(({ savedAt }) => savedAt))
  const [settledAt, setSettledAt] = useState(0)
  useEffect(() => {
    const timer = setTimeout(() => setSettledAt(lastSavedAt), Math.max(0, lastSavedAt + SETTLED_MS - Date.now()))
    return () => clearTimeout(timer)
  }, [lastSavedAt])
  return useMemo(() => show(types, made, settledAt), [types, made, settledAt])
}

function show(types: ContentTypes, made: Made[], settledAt: number): ShownContentTypes {
  const shown = { ...types, post_types: { ...types.post_types }, taxonomies: { ...types.taxonomies } }
  const saving = new Set<string>()
  const refused = new Map<string, Error>()
  for (const { of, status, savedAt, error } of made) {
    const setting = settingOf(of)
    refused.delete(setting)
    if (status === 'error' && error) refused.set(setting, error)
    if (status === 'pending') saving.add(setting)
    if (status === 'pending' || (status === 'success' && savedAt > settledAt)) overlay(shown[of.kind], of)
  }
  return { types: shown, saving, refused }
}

function overlay<Row extends object>(rows: Record<string, Row>, { slug, change }: TypeChange): void {
  const row = Object.hasOwn(rows, slug) ? rows[slug] : undefined
  if (row) rows[slug] = { ...row, ...change }
}
