import { createMiddleware } from 'hono/factory'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AppEnv } from '../env.ts'
import { hmacSha256Hex, sha256Hex } from '../lib/hmac.ts'
import { describeActor, type Actor } from '../services/context.ts'
import { ServiceError } from '../services/errors.ts'
import { claimIdempotencyKey, completeRequest, type StoredAnswer } from '../services/idempotency/index.ts'

const KEY = /^[\x21-\x7e]{1,200}$/

/**
 * Who owns a key. A person's keys are separate per account. An anonymous caller's key is bound to the body, so that
 * callers share one only if they send the same body.
 */
const ownerOf = (actor: Actor, fingerprint: string) =>
  actor.kind === 'anonymous' ? `anonymous:${fingerprint}` : `${actor.accountId} ${describeActor(actor)}`

/**
 * Makes a write with an `Idempotency-Key` happen once: repeats within a day get the first response. Only successful
 * responses are stored; a refusal changed nothing and can be retried. Runs after validation, so that an invalid request
 * never holds a key.
 */
export const idempotency = ({ hasBody }: { hasBody: boolean }) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (key === undefined) return next()
    if (!KEY.test(key)) throw new ServiceError('invalid_idempotency_key')
    const ctx = c.get('ctx')
    // keyed: a body can hold a password, which a plain hash in D1 would let somebody guess
    const fingerprint = await hmacSha256Hex(ctx.config.sessionSecret, hasBody ? await c.req.text() : '')
    const id = await sha256Hex([ownerOf(ctx.actor, fingerprint), c.req.method, c.req.path, key].join('\n'))
    const claim = await claimIdempotencyKey({ ctx, input: { id, fingerprint } })
    if (claim.kind === 'answered') return replay(claim.answer)
    await next()
    const succeeded = c.error === undefined && c.res.status < 400
    const answer = succeeded ? { status: c.res.status, body: await c.res.clone().text() } : null
    await completeRequest({ ctx, input: { id, leaseUntil: claim.leaseUntil, answer } })
    return undefined

    function replay({ status, body: text }: StoredAnswer): Response {
      c.header('idempotency-replayed', 'true')
      if (text === '') return c.body(null, 204)
      return c.body(text, status as ContentfulStatusCode, { 'content-type': 'application/json' })
    }
  })
