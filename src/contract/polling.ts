import * as z from 'zod'
import { RunId, Timestamp } from './common.ts'
import { Command, CommandBatch, CommandResult, MAX_COMMANDS, PROTOCOL } from './link.ts'

/** How commands reach a site: `direct`, the API calls it; `polling`, they ride back in the answers to its own calls. */
export const TRANSPORTS = ['direct', 'polling'] as const
export const Transport = z.lazy(() => z.enum(TRANSPORTS).meta({ id: 'Transport' }))
export type Transport = z.infer<typeof Transport>

/** What an integration shows of its transport. */
export const transportFields = () => ({
  transport: Transport,
  last_poll_at: Timestamp.nullable().meta({ description: 'When the site last called for its commands' }),
  expected_latency_s: z
    .number()
    .min(0)
    .nullable()
    .meta({ description: 'Seconds between the site’s calls, as seen; null where the API calls the site itself' }),
})

/**
 * The site's heartbeat: answers to commands it got before, and how many new ones it can take now. Signed as webhooks are.
 * `clock` is Unix seconds; `wants.commands` 0 says that it has no time left.
 */
export const PollRequest = z.lazy(() =>
  z
    .object({
      protocol: z.literal(PROTOCOL),
      trigger: z
        .string()
        .regex(/^[a-z_]{1,32}$/)
        .meta({ description: 'What made the site call: cron, admin, visit, outbox, url, …', example: 'cron' }),
      clock: z.int().min(0).max(1e11),
      transport: Transport.meta({ description: 'Which transport the site believes to be in use' }),
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
 * What the site is to do, as the direct transport would send it, and signed likewise: the `webhook-id` is the request's.
 * `more`: there is further work, call again at once; else after `interval_s` seconds.
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
        .meta({ description: 'Of the request that the commands are for; for the log of the site' }),
      run_id: RunId.optional().meta({ description: 'The run whose commands these are, where one asks' }),
    })
    .meta({ id: 'PollAnswer' }),
)
export type PollAnswer = z.infer<typeof PollAnswer>

/**
 * With which a site that can't be called proves, in a second connect request, that polling works: the answer to the
 * `status` command whose id is the challenge of the first one's refusal. That request is signed as webhooks are.
 */
export const PollingVerification = z.lazy(() => z.object({ result: CommandResult }).meta({ id: 'PollingVerification' }))

/** In the refusal of a connect request that named `polling` among its transports: what the site is to prove. */
export const PollingOffer = z.lazy(() =>
  z
    .object({ challenge: z.string().meta({ description: 'Id of a `status` command; good for two minutes' }) })
    .meta({ id: 'PollingOffer' }),
)
export type PollingOffer = z.infer<typeof PollingOffer>
