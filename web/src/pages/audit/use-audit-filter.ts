import { useSearchParams } from 'wouter'
import type { AuditAction } from '../../api/types.ts'
import type { AuditFilter } from '../../queries/audit.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/
const DAY_MS = 86_400_000

type Field = 'actor' | 'action' | 'from' | 'to'

/** The filter of the audit log, stored in the URL. Days are whole, in UTC. */
export function useAuditFilter(actions: readonly string[]) {
  const [search, setSearch] = useSearchParams()
  const [actor, action] = [search.get('actor') ?? '', search.get('action') ?? '']
  const day = (name: 'from' | 'to') => {
    const value = search.get(name) ?? ''
    return DATE.test(value) && !Number.isNaN(Date.parse(value)) ? value : ''
  }
  const [from, to] = [day('from'), day('to')]
  const filter: AuditFilter = {
    ...(actor !== '' && actor.length <= 80 && { actor }),
    ...(actions.includes(action) && { action: action as AuditAction }),
    ...(from !== '' && { from: new Date(from).toISOString() }),
    ...(to !== '' && { to: new Date(Date.parse(to) + DAY_MS).toISOString() }),
  }
  return {
    filter,
    values: { actor, action, from, to },
    isFiltered: Object.keys(filter).length > 0,
    change: (name: Field, value: string) =>
      setSearch((before) => {
        const after = new URLSearchParams(before)
        if (value === '') after.delete(name)
        else after.set(name, value)
        return after
      }),
    clear: () => setSearch(new URLSearchParams()),
  }
}
