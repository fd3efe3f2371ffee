import type { ConnectionChange, OutgoingMessage } from '../../contract/notifications.ts'

/** What an e-mail about an endpoint that can't be reached tells. */
export interface EndpointFailing {
  type: 'endpoint.failing'
  timestamp: string
  data: { endpoint_id: string; name: string; host: string; since: string; detail: string; fix: string }
}

/** What is stored of a message: the very body of the webhook, or the facts of an e-mail. */
export type StoredMessage = Extract<OutgoingMessage, { type: 'connection.changed' }> | EndpointFailing

const WELL = 'ready'

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`

/** One line on what a message of changes says: `Shop is unreachable`, `3 sites need attention, 1 is ready again`. */
export function summarize(changes: readonly ConnectionChange[], more: number): string {
  const [first] = changes
  if (first && changes.length === 1 && more === 0) {
    return first.to === WELL
      ? `${first.site_name} is connected and ready again`
      : `${first.site_name} is ${STATES[first.to]}`
  }
  const well = changes.filter((change) => change.to === WELL).length
  const ill = changes.length - well
  const parts = [
    ...(ill > 0 ? [`${count(ill, 'site needs', 'sites need')} attention`] : []),
    ...(well > 0 ? [`${count(well, 'site is', 'sites are')} ready again`] : []),
    ...(more > 0 ? [`${more} more follow`] : []),
  ]
  return parts.join(', ')
}

/** States in words that follow "is". */
export const STATES: Record<ConnectionChange['to'], string> = {
  not_connected: 'not connected',
  authenticating: 'authenticating',
  structure_syncing: 'connected, its structure is on its way',
  ready: 'connected and ready',
  degraded: 'degraded',
  unreachable: 'unreachable',
  key_revoked: 'cut off: its API key was revoked',
  disabled: 'switched off',
}
