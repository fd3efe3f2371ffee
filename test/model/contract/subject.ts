import type { WebhookEvent } from '../../../src/contract/content-link.ts'
import type { Command, CommandResult } from '../../../src/contract/link.ts'
import { sendCommands } from '../../../src/site/transport/direct/send.ts'

/** A post as a test writes it past the plugin; times are Unix seconds. `modifiedS` overwrites what WordPress noted. */
export interface Insert {
  op: 'insert'
  type?: string
  title?: string
  body?: string
  excerpt?: string
  slug?: string
  status?: string
  dateS?: number
  modifiedS?: number
  parent?: number
  /** Term ids. */
  terms?: Record<string, number[]>
  meta?: Record<string, unknown>
  featured?: number
  password?: string
}

/** What people, other plugins and accidents do to a site. Each gives one value: an id, a text or null. */
export type Action =
  | Insert
  | { op: 'edit'; id: number; title?: string; body?: string; status?: string }
  | { op: 'trash' | 'untrash' | 'delete'; id: number }
  /** A copy with all meta, as plugins that duplicate posts make it. */
  | { op: 'copy'; id: number }
  | { op: 'term'; taxonomy: string; name: string; slug?: string }
  | { op: 'rename_term'; id: number; taxonomy: string; name: string }
  | { op: 'attachment'; title: string; alt?: string }
  | { op: 'alt'; id: number; alt: string }
  | { op: 'set_terms'; id: number; taxonomy: string; terms: number[] }
  | { op: 'set_meta'; id: number; key: string; value: string }
  | { op: 'set_featured'; id: number; image: number }
  | { op: 'touch'; id: number; modifiedS: number }
  /** Scheduled for this time, by SQL: WordPress has no event for it. */
  | { op: 'schedule'; id: number; dateS: number }
  | { op: 'grow'; id: number; bytes: number }
  | { op: 'break_utf8'; id: number }
  | { op: 'mend_utf8' }
  | { op: 'file'; name: string; kind: 'image' | 'page' }
  | { op: 'register'; type: string; isThere: boolean }
  /** The owner denies a post type or taxonomy in wp-admin, or allows it again. */
  | { op: 'deny'; kind: 'post_types' | 'taxonomies'; slug: string; isDenied: boolean }
  /** Somebody has IGNY8 leave a post alone, or sync it again. */
  | { op: 'leave_alone'; id: number; isLeftAlone: boolean }
  /** A filter of the site turns every “naked” into “clothed” when a post is saved. */
  | { op: 'filter'; isOn: boolean }
  /** The whole row as JSON: `{ title, body, excerpt, slug, status, modifiedS }`, or null. */
  | { op: 'read'; id: number }
  | { op: 'count'; type: string }
  /** Another SEO plugin becomes active; '' for none. */
  | { op: 'seo_plugin'; name: 'seopress' | '' }
  | { op: 'set_seo_title'; id: number; title: string }
  | { op: 'disconnect' }

/** A site under test. It has the type `event` (hierarchical, with `event_place`) and the taxonomy `event_kind`. */
export interface Subject {
  url: string
  endpoint: string
  secret: string
  integrationId: string
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Performs actions as one request to the site would. */
  arrange: (...actions: Action[]) => Promise<unknown[]>
  /** The signed webhooks that the site sent since the last call. */
  webhooks: () => Promise<WebhookEvent[]>
  /** Sends these commands as the answer to a poll of the site. */
  poll?: (commands: readonly Command[], limits: { timeMs: number; maxBytes: number }) => Promise<CommandResult[]>
  stop: () => Promise<void>
}

let made = 0
export const newId = (prefix: string): string => `${prefix}_${Date.now().toString(36)}${(++made).toString(36)}`

interface Limits {
  timeMs?: number
  maxBytes?: number
}

/** Sends commands with the API's own client, which checks the signature of the answer. */
export async function send(subject: Subject, commands: Command[], limits: Limits = {}): Promise<CommandResult[]> {
  if (subject.poll) {
    const { timeMs = 20_000, maxBytes = 1_000_000 } = limits
    return subject.poll(commands, { timeMs, maxBytes })
  }
  const { results } = await sendCommands({
    endpoint: subject.endpoint,
    signingSecrets: [subject.secret],
    integrationId: subject.integrationId,
    commands,
    requestId: 'req_contract',
    allowLoopback: true,
    fetch: subject.fetch,
    now: Date.now,
    newId: () => newId('msg'),
    limits: {
      timeoutMs: 30_000,
      maxResponseBytes: 12_000_000,
      timeMs: limits.timeMs ?? 20_000,
      maxBytes: limits.maxBytes ?? 10_000_000,
    },
  })
  return results
}

/** Runs one command and gives its data; fails with the command's own reason. */
export async function run<T>(
  subject: Subject,
  schema: { parse: (data: unknown) => T },
  name: string,
  args: Record<string, unknown>,
  options: Limits & { id?: string } = {},
): Promise<T> {
  const [result] = await send(subject, [{ id: options.id ?? newId('cmd'), name, args }], options)
  if (!result?.ok) throw new Error(`${name} failed with ${result?.code}: ${result?.detail}`)
  return schema.parse(result.data)
}

/** The code with which a command fails. */
export async function codeOf(subject: Subject, name: string, args: Record<string, unknown>): Promise<string> {
  const [result] = await send(subject, [{ id: newId('cmd'), name, args }])
  return result && !result.ok ? result.code : `ok: ${JSON.stringify(result)}`
}
