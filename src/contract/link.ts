import * as z from 'zod'
import { Structure } from './structure.ts'

/** Version of the command protocol, sent in every batch and answer. */
export const PROTOCOL = 1
/**
 * The oldest plugin that this API works with, in every part of the protocol; raised in a release of its own, never before the
 * plugin's successor has been out for half a year. `test/fixtures/releases` holds one to prove it with.
 */
export const MIN_PLUGIN_VERSION = '0.2.0'
/** Most commands in one batch. */
export const MAX_COMMANDS = 50

const MAX_DETAIL_LENGTH = 1000

const CommandId = z.lazy(() => z.string().regex(/^[\x21-\x7e]{1,100}$/))
const CommandName = z.lazy(() => z.string().regex(/^[a-z][a-z0-9_]{0,63}$/))
/** A message of the site for people. A long one is cut, so that it doesn't invalidate the other results of its batch. */
const Detail = z.lazy(() => z.string().overwrite((text) => text.slice(0, MAX_DETAIL_LENGTH)))
const ShortText = z.lazy(() => z.string().max(200))
const SiteUrl = z.lazy(() => z.string().max(2048))
const UnixSeconds = z.lazy(() => z.int().min(0).max(1e11))

/** A command for the plugin. The plugin carries out each `id` once, so a repeat is harmless. */
export const Command = z.lazy(() =>
  z.object({ id: CommandId, name: CommandName, args: z.record(z.string(), z.unknown()) }),
)
export type Command = z.infer<typeof Command>

/** Body of a request to the command endpoint. `time_ms` limits how long the plugin works, `max_bytes` the size of its answer. */
export const CommandBatch = z.lazy(() =>
  z.object({
    protocol: z.literal(PROTOCOL),
    integration_id: z.string().min(1).max(64),
    time_ms: z.int().min(1).max(60_000),
    max_bytes: z.int().min(1).max(10_000_000),
    commands: z
      .array(Command)
      .min(1)
      .max(MAX_COMMANDS)
      .refine((commands) => new Set(commands.map(({ id }) => id)).size === commands.length, 'must have distinct ids'),
  }),
)
export type CommandBatch = z.infer<typeof CommandBatch>

/** A field that the site alters on saving: what was sent, what would be stored, and who alters it, where that was found. */
export const Alteration = z.lazy(() =>
  z
    .object({
      field: z.string().max(300),
      before: ShortText,
      after: ShortText,
      by: ShortText.nullable().meta({ description: 'Folder of a plugin or theme, or WordPress and its function' }),
      filter: ShortText.nullable().meta({ description: 'Name of the hook' }),
    })
    .meta({ id: 'Alteration' }),
)
export type Alteration = z.infer<typeof Alteration>

/**
 * The encoding of a packed request: the batch's JSON, compressed (gzip), as hexadecimal digits. A site says in `status`
 * that its plugin can read it.
 */
export const PACKING = 'gzip_hex'

/** What the acting user may not do. */
export const MissingPermission = z.lazy(() =>
  z
    .object({
      user_id: z.int().min(0),
      user: ShortText,
      capability: ShortText.meta({ description: 'WordPress’ name, for example `edit_others_posts`' }),
    })
    .meta({ id: 'MissingPermission' }),
)
export type MissingPermission = z.infer<typeof MissingPermission>

const TookMs = z.lazy(() => z.number().min(0).max(3_600_000).default(0))

/** `data` is checked for each command (`COMMAND_DATA`), so that an invalid result fails alone. */
export const CommandResult = z.lazy(() =>
  z.discriminatedUnion('ok', [
    z.object({ id: CommandId, ok: z.literal(true), data: z.record(z.string(), z.unknown()), took_ms: TookMs }),
    z.object({
      id: CommandId,
      ok: z.literal(false),
      code: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
      detail: Detail.default(''),
      retryable: z.boolean().default(false),
      /** Since when the reason has lasted, such as a post being open in an editor. */
      since: UnixSeconds.optional(),
      alteration: Alteration.optional().catch(undefined),
      permission: MissingPermission.optional().catch(undefined),
      took_ms: TookMs,
    }),
  ]),
)
export type CommandResult = z.infer<typeof CommandResult>

/** Body of answer 200 of the command endpoint. Results belong to commands by id. */
export const CommandAnswer = z.lazy(() =>
  z.object({
    protocol: z.literal(PROTOCOL),
    results: z.array(CommandResult).max(MAX_COMMANDS),
  }),
)
export type CommandAnswer = z.infer<typeof CommandAnswer>

/**
 * Data of `status`: what the plugin reports about its site. Times are Unix seconds; `memory_limit_mb` -1 and
 * `max_execution_s` 0 mean no limit; `received_headers` contains names only. Fields of later plugins must be optional
 * here, since older plugins stay connected.
 */
export const StatusData = z.lazy(() =>
  z.object({
    plugin_version: ShortText,
    wp_version: ShortText,
    php_version: ShortText,
    db: ShortText,
    home_url: SiteUrl,
    site_url: SiteUrl,
    rest_root: SiteUrl,
    permalinks: z.enum(['pretty', 'plain']),
    multisite: z.boolean(),
    locale: ShortText,
    timezone: ShortText,
    time: UnixSeconds,
    memory_limit_mb: z.number().min(-1),
    max_execution_s: z.number(),
    cron: z.object({
      disabled: z.boolean(),
      last_run_at: UnixSeconds.nullable(),
      next_structure_at: UnixSeconds.nullable(),
    }),
    integration_id: z.string().max(64).nullable(),
    last_structure_sync_at: UnixSeconds.nullable(),
    last_error: z.object({ code: ShortText, detail: Detail, at: UnixSeconds }).nullable(),
    plugin_connection_enabled: z.boolean(),
    two_way_sync_enabled: z.boolean(),
    received_headers: z.array(z.string().max(256)).max(200),
    /** Recorded changes that the API has not accepted yet. */
    outbox: z
      .object({
        pending: z.int().min(0),
        oldest_at: UnixSeconds.nullable(),
        needs_digest: z.boolean(),
        last_error: z.object({ code: ShortText, detail: Detail, at: UnixSeconds }).nullable(),
      })
      .optional(),
    /** Identity of the installation, and whether it is a copy of the one that connected. */
    install: z.object({ id: ShortText, connected_url: SiteUrl.nullable(), is_clone: z.boolean() }).optional(),
    /** The transport in use, and how often the site polled. */
    polling: z
      .object({
        transport: ShortText,
        last_at: UnixSeconds.nullable(),
        interval_s: UnixSeconds.nullable(),
        trigger: ShortText.nullable(),
        last_error: z.object({ code: ShortText, detail: Detail, at: UnixSeconds }).nullable(),
      })
      .optional(),
    /** Scheduled posts that are late, and the last one that WordPress missed and the plugin published. */
    schedule: z
      .object({
        overdue: z.int().min(0),
        posts: z.array(z.object({ id: z.int().min(1), due_at: UnixSeconds })).max(20),
        last_published: z.object({ id: z.int().min(1), due_at: UnixSeconds, at: UnixSeconds }).nullable(),
      })
      .optional(),
    /** The WordPress user as whom the plugin writes; `problem` says why it can't: the user is gone, or may not write. */
    acting_user: z
      .object({
        id: z.int().min(1).nullable(),
        name: ShortText,
        source: ShortText,
        problem: ShortText.nullable(),
        unfiltered_html: z.boolean(),
      })
      .optional(),
    /** Encodings of a request's body that the plugin reads, besides plain JSON. */
    encodings: z.array(z.string().max(64)).max(20).optional(),
    commands: z.array(z.string().max(64)).max(200),
  }),
)
export type StatusData = z.infer<typeof StatusData>

/** Data of `echo`: the request as PHP received it. Names of headers only, since values may be secrets of the site. */
export const EchoData = z.lazy(() =>
  z.object({
    method: ShortText,
    url: SiteUrl,
    headers: z.array(z.string().max(256)).max(200),
    body_sha256: z.string().regex(/^[0-9a-f]{64}$/),
    body_bytes: z.int().min(0),
    server: ShortText,
    sapi: ShortText,
  }),
)
export type EchoData = z.infer<typeof EchoData>

/** Schema of each command's data. */
export const COMMAND_DATA = { status: StatusData, structure: Structure, echo: EchoData } as const
export type CommandData = { [Name in keyof typeof COMMAND_DATA]: z.infer<(typeof COMMAND_DATA)[Name]> }

/** The plugin, or WordPress itself, refused the request before it ran a command. */
export const RestError = z.lazy(() =>
  z.object({
    code: z.string().min(1).max(200),
    /** Tells WordPress's errors from those of other APIs, which have codes but no message. */
    message: Detail,
    data: z
      .object({
        status: z.number().optional(),
        site_time: UnixSeconds.optional().catch(undefined),
        received: z
          .object({ missing: z.array(ShortText).max(10), body_sha256: ShortText, body_bytes: z.int().min(0) })
          .optional()
          .catch(undefined),
      })
      .nullish()
      .catch(null),
  }),
)
export type RestError = z.infer<typeof RestError>
