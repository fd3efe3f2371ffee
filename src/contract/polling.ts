import * as z from 'zod'
import { RunId, Timestamp } from './common.ts'
import { Command, CommandBatch, CommandResult, MAX_COMMANDS, PROTOCOL } from './link.ts'

/** How commands reach a site. `direct`: the API calls the site. `polling`: the site polls and gets them in the answer. */
export const TRANSPORTS = ['direct', 'polling'] as const
export const Transport = z.lazy(() => z.enum(TRANSPORTS).meta({ id: 'Transport' }))
export type Transport = z.infer<typeof Transport>

/**
 * How often the plugin is asked to poll, in seconds: while it is served by polling and somebody uses the site in IGNY8 or a
 * run is unfinished; while it is served by polling and nobody waits for anything; and while it is called. Whatever happens
 * in WordPress doesn't wait: the plugin polls as soon as a webhook was delivered.
 */
export const POLL_INTERVAL_S = 60
export const QUIET_INTERVAL_S = 300
export const IDLE_INTERVAL_S = 900

/**
 * Header of an answer to a poll: an opaque text that the plugin sends back in the same header of its polls, until an answer
 * brings another one. It spares us a question about the API key. A plugin may leave it out.
 */
export const TICKET_HEADER = 'x-igny8-ticket'

/** Fields of an integration about its transport. */
export const transportFields = () => ({
  transport: Transport,
  last_poll_at: Timestamp.nullable().meta({ description: 'When the site last polled' }),
  expected_latency_s: z
    .number()
    .min(0)
    .nullable()
    .meta({ description: 'Observed seconds between polls; null with the transport `direct`' }),
})

/**
 * A poll: results of commands the site got before, and how many new ones it can take now. Signed like a webhook. `clock` is in
 * Unix seconds; `wants.commands` is 0 if the site has no time left.
 */
export const PollRequest = z.lazy(() =>
  z
    .object({
      protocol: z.literal(PROTOCOL),
      trigger: z
        .string()
        .regex(/^[a-z_]{1,32}$/)
        .meta({ description: 'What triggered the poll: cron, admin, visit, outbox, url, …', example: 'cron' }),
      clock: z.int().min(0).max(1e11),
      transport: Transport.meta({ description: 'The transport in use according to the site' }),
      wants: z.object({
        commands: z.int().min(0).max(MAX_COMMANDS),
        bytes: z.int().min(1).max(10_000_000),
      }),
      results: z.array(CommandResult).max(MAX_COMMANDS),
    })
    .meta({ id: 'PollRequest' }),
)
export type PollRequest = z.infer<typeof PollRequest>

/**
 * Commands for the site, in the format of the direct transport and signed the same way; the `webhook-id` is the request's.
 * If `more` is true, the site polls again at once, otherwise after `interval_s` seconds.
 */
export const PollAnswer = z.lazy(() =>
  CommandBatch.unwrap()
    .extend({
      commands: z.array(Command).max(MAX_COMMANDS),
      transport: Transport,
      more: z.boolean(),
      interval_s: z.int().min(1).max(86_400),
      request_id: z
        .string()
        .max(64)
        .optional()
        .meta({ description: 'Id of the request that needs the commands, for the site’s log' }),
      run_id: RunId.optional().meta({ description: 'The run that needs the commands, if any' }),
    })
    .meta({ id: 'PollAnswer' }),
)
export type PollAnswer = z.infer<typeof PollAnswer>

/**
 * Shows that polling works, in the second connect request of a site that can't be called: the result of the `status` command
 * whose id is the challenge in the first refusal. The request is signed like a webhook.
 */
export const PollingVerification = z.lazy(() => z.object({ result: CommandResult }).meta({ id: 'PollingVerification' }))

/** The challenge in the refusal of a connect request whose `transports` include `polling`. */
export const PollingOffer = z.lazy(() =>
  z
    .object({ challenge: z.string().meta({ description: 'Id of a `status` command; valid for two minutes' }) })
    .meta({ id: 'PollingOffer' }),
)
export type PollingOffer = z.infer<typeof PollingOffer>
