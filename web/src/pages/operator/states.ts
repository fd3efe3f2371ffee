import type { OperatorSite } from '../../api/types.ts'

type Connection = OperatorSite['connection']

const ILL: ReadonlySet<Connection> = new Set<Connection>(['degraded', 'unreachable', 'key_revoked'])

/** Whether a site in this state needs somebody. */
export const isIll = (state: Connection): boolean => ILL.has(state)
