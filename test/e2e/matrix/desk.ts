import type { World } from '../support/world.ts'
import type { Lab } from './lab.ts'

interface Finding {
  layer: string
  code: string
  severity: string
  fix: string | null
  evidence: string[]
}
export interface Report {
  verdict: string
  findings: Finding[]
}
export interface Integration {
  id: string
  connection: string
  transport: string
  health: { state: string; reason: { code: string; fix: string; detail: string | null } | null }
}
interface Run {
  id: string
  status: string
  counts: Record<string, number>
}

/** What IGNY8 is asked about one site; for as long as it stays connected, since connecting anew may make another integration. */
export function openDesk({ owner }: World, { siteId }: Lab) {
  let known: string | undefined
  const integration = async () => {
    const { results } = await owner.get<{ results: Integration[] }>(`/integration/integrations/?site_id=${siteId}`)
    const [found] = results
    if (!found) throw new Error(`${siteId} has no integration`)
    known = found.id
    return found
  }
  const path = async () => `/integration/integrations/${known ?? (await integration()).id}`
  return {
    integration,
    check: async () => owner.post<{ success: boolean; code: string }>(`${await path()}/test-connection/`, {}),
    diagnose: async () => owner.post<Report>(`${await path()}/doctor/`, {}),
    lookAt: async (url: string) => owner.patch(`${await path()}/`, { site_url: url }),
    write: (title: string, body = '') =>
      owner.post<{ id: string }>(`/sites/${siteId}/content/`, { type: 'post', title, body }),
    rewrite: (id: string, body: string) => owner.patch(`/sites/${siteId}/content/${id}/`, { body }),
    state: async (id: string) => (await owner.get<{ state: string }>(`/sites/${siteId}/content/${id}/`)).state,
    items: async () =>
      (await owner.get<{ results: { title: string; state: string }[] }>(`/sites/${siteId}/content/?limit=200`)).results,
    start: async () => owner.post<Run>(`${await path()}/sync/`, { direction: 'both' }),
    checkDrift: async () => owner.post<Run>(`${await path()}/check-drift/`, {}),
    run: async (id: string) => owner.get<Run>(`${await path()}/runs/${id}/`),
    lastRun: async () => (await owner.get<{ last_run: Run | null }>(`${await path()}/sync-status/`)).last_run,
  }
}
export type Desk = ReturnType<typeof openDesk>
