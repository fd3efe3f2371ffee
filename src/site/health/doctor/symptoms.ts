import { MIN_PLUGIN_VERSION, type StatusData } from '../../../contract/link.ts'
import type { SymptomCode } from '../../../contract/symptoms.ts'
import { isTooOld } from '../../../lib/plugin-version.ts'

/** Half of what signatures tolerate: warns before requests fail. */
const CLOCK_OFF_S = 150
/** A change that waits longer than this is stuck. */
const OUTBOX_LAG_S = 30 * 60
/** If the plugin's daily event is later than this, nothing starts cron. Our hourly health checks start WP-Cron too. */
const CRON_LATE_S = 3 * 3600
/** A scheduled post that is later than this is not published by the plugin either. */
const SCHEDULE_MISSED_S = 2 * 3600
/** How long a late post is reported after the plugin published it. */
const LATE_REPORTED_S = 7 * 86_400
const MIN_MEMORY_MB = 64
const MIN_TIME_S = 15
/** Commands that this API needs from a plugin. */
const REQUIRED_COMMANDS = ['status', 'structure', 'index', 'fetch', 'terms', 'apply', 'media'] as const

export interface Symptom {
  code: SymptomCode | 'clone_detected'
  detail: string
  evidence: string[]
}

const minutes = (seconds: number) => `${Math.max(1, Math.round(seconds / 60))} minutes`

function clockSymptom(skewS: number): Symptom {
  const where = `${Math.abs(skewS)} s ${skewS < 0 ? 'behind' : 'ahead'}`
  const evidence = [`clock of the site minus ours: ${skewS} s`]
  return Math.abs(skewS) >= CLOCK_OFF_S
    ? { code: 'clock_off', detail: `The clock of the site is ${where}.`, evidence }
    : { code: 'clock_right', detail: `The clock of the site is at most ${Math.abs(skewS)} s off.`, evidence }
}

function cronSymptom({ cron, time }: StatusData): Symptom {
  const evidence = [
    `DISABLE_WP_CRON: ${cron.disabled}`,
    `last run: ${cron.last_run_at === null ? 'never' : `${time - cron.last_run_at} s ago`}`,
    `daily event: ${cron.next_structure_at === null ? 'not planned' : `in ${cron.next_structure_at - time} s`}`,
  ]
  const lateS = cron.next_structure_at === null ? 0 : time - cron.next_structure_at
  if (lateS > CRON_LATE_S) return { code: 'cron_stale', detail: `The daily task is ${minutes(lateS)} late.`, evidence }
  if (cron.disabled && cron.last_run_at === null)
    return { code: 'cron_disabled', detail: 'DISABLE_WP_CRON is set, and no cron run was seen yet.', evidence }
  return { code: 'cron_runs', detail: 'No scheduled task of the plugin is overdue.', evidence }
}

function outboxSymptom({ outbox, time }: StatusData): Symptom[] {
  if (!outbox) return []
  const { pending, oldest_at: oldestAt, last_error: error } = outbox
  const evidence = [`waiting: ${pending}`, ...(error ? [`last error: ${error.code}: ${error.detail}`] : [])]
  if (error?.code === 'tables_missing') return [{ code: 'changes_not_noted', detail: error.detail, evidence }]
  const lagS = pending > 0 && oldestAt !== null ? time - oldestAt : 0
  if (lagS <= OUTBOX_LAG_S) {
    const detail = pending > 0 ? `${pending} changes are on their way.` : 'Nothing waits.'
    return [{ code: 'changes_sent', detail, evidence }]
  }
  const why = error ? ` The last attempt failed: ${error.detail}` : ''
  const detail = `${pending} ${pending === 1 ? 'change waits' : 'changes wait'}, the oldest for ${minutes(lagS)}.${why}`
  return [{ code: 'outbox_lagging', detail, evidence }]
}

function scheduleSymptom({ schedule, time }: StatusData): Symptom[] {
  if (!schedule) return []
  const { overdue, posts, last_published: last } = schedule
  const toText = (unixS: number) => new Date(unixS * 1000).toISOString()
  const evidence = [
    ...posts.map((post) => `post ${post.id}: due ${toText(post.due_at)}, still scheduled`),
    ...(last ? [`post ${last.id}: due ${toText(last.due_at)}, published by the plugin ${toText(last.at)}`] : []),
  ]
  const latestS = Math.max(0, ...posts.map((post) => time - post.due_at))
  const detail = `${overdue} scheduled ${overdue === 1 ? 'post is' : 'posts are'} late, by up to ${minutes(latestS)}.`
  if (overdue > 0)
    return [{ code: latestS > SCHEDULE_MISSED_S ? 'schedule_missed' : 'schedule_late', detail, evidence }]
  if (last && time - last.at < LATE_REPORTED_S)
    return [{ code: 'schedule_late', detail: `WordPress missed the time of post ${last.id}.`, evidence }]
  return [{ code: 'schedule_kept', detail: 'No scheduled post is late.', evidence }]
}

function phpSymptom({ memory_limit_mb: memoryMb, max_execution_s: limitS, php_version: version }: StatusData): Symptom {
  const evidence = [
    `PHP ${version}`,
    `memory_limit: ${memoryMb < 0 ? 'none' : `${memoryMb} MB`}`,
    `max_execution_time: ${limitS <= 0 ? 'none' : `${limitS} s`}`,
  ]
  if (memoryMb >= 0 && memoryMb < MIN_MEMORY_MB)
    return { code: 'memory_low', detail: `PHP may use ${memoryMb} MB of memory.`, evidence }
  if (limitS > 0 && limitS < MIN_TIME_S)
    return { code: 'time_limit_low', detail: `PHP may run for ${limitS} s.`, evidence }
  return { code: 'php_sufficient', detail: `PHP ${version}.`, evidence }
}

function pluginSymptoms(status: StatusData): Symptom[] {
  const missing = REQUIRED_COMMANDS.filter((name) => !status.commands.includes(name))
  const isOld = isTooOld(status.plugin_version)
  const detail = isOld
    ? `Version ${status.plugin_version} is older than ${MIN_PLUGIN_VERSION}, the oldest that works.`
    : `Version ${status.plugin_version} has no ${missing.join(', ')}.`
  return missing.length === 0 && !isOld
    ? []
    : [{ code: 'plugin_outdated', detail, evidence: [`commands: ${status.commands.join(', ')}`] }]
}

function cloneSymptoms({ install, home_url: home }: StatusData): Symptom[] {
  if (!install?.is_clone) return []
  const evidence = [`connected as: ${install.connected_url}`, `answers as: ${home}`, `installation: ${install.id}`]
  const detail = `The site that answers calls itself ${home}, but ${install.connected_url} was connected.`
  return [{ code: 'clone_detected', detail, evidence }]
}

function actingUserSymptoms({ acting_user: user }: StatusData): Symptom[] {
  if (!user) return []
  const evidence = [
    `user: ${user.name || 'none'}${user.id === null ? '' : ` (${user.id})`}`,
    `source: ${user.source}`,
    `unfiltered HTML: ${user.unfiltered_html ? 'permitted' : 'not permitted'}`,
  ]
  if (user.problem !== null) {
    const why = user.problem === 'missing' ? 'no longer exists' : 'may not edit posts'
    return [{ code: 'acting_user_unusable', detail: `The user “${user.name}” ${why}.`, evidence }]
  }
  const code = user.source === 'first_administrator' ? 'acting_user_default' : 'acting_user_able'
  return [{ code, detail: `The plugin writes as ${user.name}.`, evidence }]
}

/** All symptoms of a site that answers, good and bad, from the status that its plugin reports. Pure. */
export function findSymptoms(status: StatusData, skewS: number): Symptom[] {
  return [
    ...cloneSymptoms(status),
    clockSymptom(skewS),
    ...pluginSymptoms(status),
    ...actingUserSymptoms(status),
    ...outboxSymptom(status),
    cronSymptom(status),
    ...scheduleSymptom(status),
    phpSymptom(status),
  ]
}
