import {
  type MutationState,
  queryOptions,
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

/** One change of one setting of a type. */
export interface TypeChange {
  kind: TypeKind
  slug: string
  change: { enabled: boolean } | { fetch_limit: number }
}

/** How long a saved change overrides live messages, which may have been sent before it. */
const OVERRIDE_MS = 1_500

export const contentTypesQuery = (integrationId: string) =>
  queryOptions({
    queryKey: keys.contentTypes(integrationId),
    queryFn: () => {
      const params = { path: { integration_id: integrationId } }
      return api.GET('/integration/integrations/{integration_id}/content-types', { params })
    },
  })

/** Structure, counts and settings of a site's content types. */
export const useContentTypes = (integrationId: string): UseQueryResult<ContentTypes> =>
  useQuery(contentTypesQuery(integrationId))

/** Mutation scope: changes of settings and starts of a sync run one after the other. */
export const choicesScope = (integrationId: string): { id: string } => ({ id: `content-types-${integrationId}` })

const changeKey = (integrationId: string) => [...keys.contentTypes(integrationId), 'change']

/** Identifies the setting that a change is about. */
export const settingOf = ({ kind, slug, change }: TypeChange): string => `${kind}/${slug}/${Object.keys(change)[0]}`

/**
 * Saves one change. Changes are sent one at a time, in order. A change is written to the cache only after the API accepted it (see
 * `useShownContentTypes`), so that one refusal doesn't undo the others.
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
      // without an answer it is unknown whether the change was saved
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

/** Content types with unsaved changes applied, and refused changes. */
export interface ShownContentTypes {
  types: ContentTypes
  /** Settings that are being saved. */
  saving: ReadonlySet<string>
  /** Why the last change of a setting wasn't saved. */
  refused: ReadonlyMap<string, Error>
}

/** The content types of the API with pending changes applied on top. */
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
  const [expiredAt, setExpiredAt] = useState(0)
  useEffect(() => {
    const timer = setTimeout(() => setExpiredAt(lastSavedAt), Math.max(0, lastSavedAt + OVERRIDE_MS - Date.now()))
    return () => clearTimeout(timer)
  }, [lastSavedAt])
  return useMemo(() => show(types, made, expiredAt), [types, made, expiredAt])
}

function show(types: ContentTypes, made: Made[], expiredAt: number): ShownContentTypes {
  const shown = { ...types, post_types: { ...types.post_types }, taxonomies: { ...types.taxonomies } }
  const saving = new Set<string>()
  const refused = new Map<string, Error>()
  for (const { of, status, savedAt, error } of made) {
    const setting = settingOf(of)
    refused.delete(setting)
    if (status === 'error' && error) refused.set(setting, error)
    if (status === 'pending') saving.add(setting)
    if (status === 'pending' || (status === 'success' && savedAt > expiredAt)) overlay<object>(shown[of.kind], of)
  }
  return { types: shown, saving, refused }
}

function overlay<Row extends object>(rows: Record<string, Row>, { slug, change }: TypeChange): void {
  const row = Object.hasOwn(rows, slug) ? rows[slug] : undefined
  if (row) rows[slug] = { ...row, ...change }
}
