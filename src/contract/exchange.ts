import * as z from 'zod'
import { RunId, Timestamp } from './common.ts'
import { Command, CommandBatch, CommandResult, MAX_COMMANDS, PROTOCOL } from './link.ts'

/** How commands reach a site: `direct`, the API calls it; `exchange`, they ride back in the answers to its own calls. */
export const CARRIERS = ['direct', 'exchange'] as const
export const Carrier = z.lazy(() => z.enum(CARRIERS).meta({ id: 'Carrier' }))
export type Carrier = z.infer<typeof Carrier>

/** What an integration shows of its carrier. */
export const carrierFields = () => ({
  carrier: Carrier,
  last_exchange_at: Timestamp.nullable().meta({ description: 'When the site last called for its commands' }),
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
export const ExchangeRequest = z.lazy(() =>
  z
    .object({
      protocol: z.literal(PROTOCOL),
      trigger: z
        .string()
        .regex(/^[a-z_]{1,32}$/)
        .meta({ description: 'What made the site call: cron, admin, visit, outbox, tick, …', example: 'cron' }),
      clock: z.int().min(0).max(1e11),
      carrier: Carrier.meta({ description: 'Which carrier the site believes to be in use' }),
      wants: z.object({
        commands: z.int().min(0).max(MAX_COMMANDS),
        bytes: z.int().min(1).max(10_000_000),
      }),
      results: z.array(CommandResult).max(MAX_COMMANDS),
    })
    .meta({ id: 'ExchangeRequest' }),
)
export type ExchangeRequest = z.infer<typeof ExchangeRequest>

/**
 * What the site is to do, as the direct carrier would send it, and signed likewise: the `webhook-id` is the request's.
 * `more`: there is further work, call again at once; else after `interval_s` seconds.
 */
export const ExchangeAnswer = z.lazy(() =>
  CommandBatch.unwrap()
    .extend({
      commands: z.array(Command).max(MAX_COMMANDS),
      carrier: Carrier,
      more: z.boolean(),
      interval_s: z.int().min(1).max(86_400),
      request_id: z
        .string()
        .max(64)
        .optional()
        .meta({ description: 'Of the request that the commands are for; for the log of the site' }),
      run_id: RunId.optional().meta({ description: 'The run whose commands these are, where one asks' }),
    })
    .meta({ id: 'ExchangeAnswer' }),
)
export type ExchangeAnswer = z.infer<typeof ExchangeAnswer>

/**
 * With which a site that can't be called proves, in a second connect request, that exchange works: the answer to the
 * `status` command whose id is the challenge of the first one's refusal. That request is signed as webhooks are.
 */
export const ExchangeProof = z.lazy(() => z.object({ result: CommandResult }).meta({ id: 'ExchangeProof' }))

/** In the refusal of a connect request that named `exchange` among its carriers: what the site is to prove. */
export const ExchangeOffer = z.lazy(() =>
  z
    .object({ challenge: z.string().meta({ description: 'Id of a `status` command; good for two minutes' }) })
    .meta({ id: 'ExchangeOffer' }),
)
export type ExchangeOffer = z.infer<typeof ExchangeOffer>
