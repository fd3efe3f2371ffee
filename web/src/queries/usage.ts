import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { api } from '../api/api.ts'
import type { Usage } from '../api/types.ts'
import { keys } from './keys.ts'

export const useUsage = (): UseQueryResult<Usage> =>
  useQuery({ queryKey: keys.usage, queryFn: () => api.GET('/usage') })
