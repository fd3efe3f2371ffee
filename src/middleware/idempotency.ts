import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AppEnv } from '../env.ts'
import { hmacSha256Hex, sha256Hex } from '../lib/hmac.ts'
import { describeActor, type Actor } from '../services/context.ts'
import { ServiceError } from '../services/errors.ts'
import {
  claimIdempotencyKey,
  completeRequest,
  type StoredAnswer,
  toStoredAnswer,
} from '../services/idempotency/index.ts'

const KEY = /^[\x21-\x7e]{1,200}$/

/**
 * Who owns a key. A person's keys are separate per account. An anonymous caller's key is bound to the body, so that
 * callers share one only if they send the same body.
 */
const ownerOf = (actor: Actor, fingerprint: string) =>
  actor.kind === 'anonymous' ? `anonymous:${fingerprint}` : `${actor.accountId} ${describeActor(actor)}`

interface Options {
  hasBody: boolean
  /** Makes an answer again that was too large to keep. */
  answerAgain: ((c: Context<AppEnv>, id: string) => Promise<unknown>) | undefined
}

/** @throws ServiceError `answer_not_kept` if the first answer was too large to keep, and can't be made again */
async function replay(c: Context<AppEnv>, answer: StoredAnswer, { answerAgain }: Options): Promise<Response> {
  c.header('idempotency-replayed', 'true')
  if (!('body' in answer)) {
    if (answer.id === null || !answerAgain) throw new ServiceError('answer_not_kept')
    return c.json(await answerAgain(c, answer.id), answer.status as ContentfulStatusCode)
  }
  if (answer.body === '') return c.body(null, 204)
  return c.body(answer.body, answer.status as ContentfulStatusCode, { 'content-type': 'application/json' })
}

/**
 * Makes a write with an `Idempotency-Key` happen once: repeats within a day get the first response, or what it named as
 * it is now if it was large. Only successful responses are kept; a refusal changed nothing and can be retried. Runs after
 * validation, so that an invalid request never holds a key.
 */
export const idempotency = (options: Options) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (key === undefined) return next()
    if (!KEY.test(key)) throw new ServiceError('invalid_idempotency_key')
    const ctx = c.get('ctx')
    // keyed: a body can hold a password, which a plain hash in D1 would let somebody guess
    const fingerprint = await hmacSha256Hex(ctx.config.sessionSecret, options.hasBody ? await c.req.text() : '')
    const id = await sha256Hex([ownerOf(ctx.actor, fingerprint), c.req.method, c.req.path, key].join('\n'))
    const claim = await claimIdempotencyKey({ ctx, input: { id, fingerprint } })
    if (claim.kind === 'answered') return replay(c, claim.answer, options)
    // a request that ends between its effect and the storing of its answer is repeated
    ctx.onceId = await sha256Hex(`${id}\n${fingerprint}`)
    await next()
    const succeeded = c.error === undefined && c.res.status < 400
    const answer = succeeded
      ? toStoredAnswer(c.res.status, await c.res.clone().text(), options.answerAgain !== undefined)
      : null
    await completeRequest({ ctx, input: { id, leaseUntil: claim.leaseUntil, answer } })
    return undefined
  })
