/**
 * What a plugin of any version may report. The values come from an untrusted site, so each one is checked before it is shown, and
 * left out if it is missing or invalid.
 */
export interface PluginFacts {
  version: string | null
  wordpress: string | null
  php: string | null
  database: string | null
  permalinks: string | null
  /** -1: no limit. */
  memoryMb: number | null
  /** 0: no limit. */
  maxExecutionS: number | null
  isCronOff: boolean
  cronLastAt: string | null
  structureAt: string | null
  isConnectionOn: boolean | null
  isTwoWay: boolean | null
  outbox: { pending: number; oldestAt: string | null } | null
  actingUser: { name: string; source: string; problem: string | null } | null
  lastError: { code: string; detail: string; at: string | null } | null
}

type Loose = Record<string, unknown>

const MS_PER_S = 1000

const partOf = (value: unknown): Loose | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : null
const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)
const numberOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null)
const flagOf = (value: unknown) => (typeof value === 'boolean' ? value : null)

/** From Unix seconds. */
function momentOf(value: unknown): string | null {
  const seconds = numberOf(value)
  if (seconds === null || seconds <= 0) return null
  const moment = new Date(seconds * MS_PER_S)
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString()
}

/** Null if the plugin reported nothing. */
export function readPluginFacts(reported: unknown): PluginFacts | null {
  const status = partOf(reported)
  if (!status) return null
  const [cron, outbox, error] = [partOf(status.cron), partOf(status.outbox), partOf(status.last_error)]
  const user = partOf(status.acting_user)
  return {
    version: textOf(status.plugin_version),
    wordpress: textOf(status.wp_version),
    php: textOf(status.php_version),
    database: textOf(status.db),
    permalinks: textOf(status.permalinks),
    memoryMb: numberOf(status.memory_limit_mb),
    maxExecutionS: numberOf(status.max_execution_s),
    isCronOff: cron?.disabled === true,
    cronLastAt: momentOf(cron?.last_run_at),
    structureAt: momentOf(status.last_structure_sync_at),
    isConnectionOn: flagOf(status.plugin_connection_enabled),
    isTwoWay: flagOf(status.two_way_sync_enabled),
    outbox: outbox && { pending: numberOf(outbox.pending) ?? 0, oldestAt: momentOf(outbox.oldest_at) },
    actingUser: user && {
      name: textOf(user.name) ?? '',
      source: textOf(user.source) ?? '',
      problem: textOf(user.problem),
    },
    lastError: error && {
      code: textOf(error.code) ?? '',
      detail: textOf(error.detail) ?? '',
      at: momentOf(error.at),
    },
  }
}
