/**
 * What the cost model takes for granted, each with its reason. What the code itself decides (intervals, lifetimes,
 * sampling) is not repeated here: kinds.ts imports it, so a changed interval changes the model.
 */
import { parse } from 'smol-toml'

/** What `npm run cost` is asked. */
export interface Scenario {
  sites: number
  /** Items of a site. */
  items: number
  /** Edits of a site a day. */
  edits: number
  /** Share of the sites that are served by polling, 0 to 1. */
  polling: number
}

export const DAYS_A_MONTH = 30
export const DAY_MS = 86_400_000
export const MONTH_MS = DAYS_A_MONTH * DAY_MS
/** The only schedule of wrangler.toml. */
export const TICK_MS = 60_000

/**
 * Characters of an item's body, on average: 245 words, as posts on WordPress.com had
 * (https://wordpress.com/blog/2013/08/06/july-2013-hot-list: 11.5 billion words in 47 million posts), with their markup. Most
 * are shorter and some much longer. It matters for storage alone.
 */
const BODY_CHARACTERS = 1_700
/** Steps of this size through [0, 1) come near to every number, evenly. */
const GOLDEN = 0.618034

/** Length of the body with this index: exponentially distributed, the same in every run. */
export const bodyCharacters = (index: number): number =>
  Math.round(-Math.log(1 - (((index + 1) * GOLDEN) % 1)) * BODY_CHARACTERS)

/** One of three edits is made in IGNY8, which writes content; the others in WordPress, where an owner works. */
export const SHARE_OF_EDITS_HERE = 1 / 3

/** Webhooks of a post that is as it was, for each edit in WordPress: a block editor saves a post's metadata after it. */
export const REPEATED_WEBHOOKS = 0.5

/** Sites of an account: agencies have dozens, most owners one. */
export const SITES_AN_ACCOUNT = 10

/** Somebody looks at a site once a day, watches it for ten minutes, and reads its pages. */
export const VISITS_A_DAY = 1
export const VISIT_MS = 600_000

/** Files of the app that a visit loads after a release; afterwards browsers have them. A release a week. */
export const APP_FILES = 40
export const RELEASES_A_MONTH = 4

/** Reads by key: the plugin's settings page, and whoever reads content types by a program. */
export const API_READS_A_DAY = 2

/** Somebody presses "Sync now". */
export const SYNCS_A_DAY = 0.2

/** Changes of settings, people, keys and endpoints, for each site. */
export const SETTINGS_A_MONTH = 4

/** Sign-ins of an account: a session lasts 30 days; people have some devices. */
export const SIGN_INS_A_MONTH = 4

/** A site is away for a quarter of an hour once a month, as cheap hosting is. */
export const OUTAGES_A_MONTH = 1

/** A site stays for two years: so many of its first imports and deletions fall into a month. */
export const MONTHS_OF_A_SITE = 24

/** A monitor asks `/healthz` once a minute (docs/operations.md). */
export const MONITORING_INTERVAL_MS = 60_000

/** WordPress on a cheap host answers a command, which no cache helps, in this time. An object waits for it. */
export const SITE_ANSWER_MS = 500

/** A round trip from an object to D1, mostly in the same region. */
export const D1_TRIP_MS = 30

/**
 * What the platform stores with a log line or as an invocation's own line (the request with its headers and place, the
 * Worker's version, times), and of a span. No size is published; an exported line has about this.
 */
export const ENRICHED_BYTES = 1_500
export const SPAN_BYTES = 700
/** Our own line of a request that succeeded (src/middleware/request-log.ts). */
export const REQUEST_BYTES = 300

/** Days that the platform keeps logs and traces, which are billed as storage meanwhile. */
export const LOG_DAYS = 7

/** How much busier the busiest hour is than the average: offices of one part of the world. */
export const PEAK = 3

/** What of logs and traces is kept, from wrangler.toml. */
export interface Observed {
  logs: number
  /** Of the requests that succeed. */
  requests: number
  hasInvocations: boolean
  traces: number
}

interface Wrangler {
  vars: { EVENT_RETENTION_DAYS: string; REQUEST_LOG_RATE?: string }
  triggers: { crons: string[] }
  observability?: {
    logs?: { enabled?: boolean; head_sampling_rate?: number; invocation_logs?: boolean }
    traces?: { enabled?: boolean; head_sampling_rate?: number }
  }
}

/** What of the deployment's configuration has a price. @param toml the text of wrangler.toml */
export function readConfiguration(toml: string): { observed: Observed; retentionDays: number; ticksAMonth: number } {
  const { vars, triggers, observability } = parse(toml) as unknown as Wrangler
  const rate = ({ enabled = false, head_sampling_rate: kept = 1 } = {}) => (enabled ? kept : 0)
  // every trigger of this deployment is `* * * * *`; another one would need its own arithmetic
  if (triggers.crons.some((cron) => cron !== '* * * * *')) throw new Error('the model knows ticks of a minute alone')
  return {
    observed: {
      logs: rate(observability?.logs),
      requests: Number(vars.REQUEST_LOG_RATE ?? 0),
      hasInvocations: observability?.logs?.invocation_logs ?? true,
      traces: rate(observability?.traces),
    },
    retentionDays: Number(vars.EVENT_RETENTION_DAYS),
    ticksAMonth: (triggers.crons.length * MONTH_MS) / TICK_MS,
  }
}
