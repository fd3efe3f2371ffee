import { env } from 'cloudflare:workers'
import { and, eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { db } from '../../src/db/client.ts'
import { auditLog, sites } from '../../src/db/schema/index.ts'
import { createId } from '../../src/lib/ids.ts'
import { appendAudit, sealLeftovers, verifyAuditChain } from '../../src/services/audit/index.ts'
import { selectUnsealed } from '../../src/services/audit/chain.ts'
import { createSite } from '../../src/services/sites/index.ts'
import type { KnownActor } from '../../src/services/context.ts'
import { call, createTestContext, signUpPerson } from '../support/identity.ts'

const LENGTH = 6
const d1 = () => db(env, null).db

let ctx: ReturnType<typeof createTestContext<KnownActor>>
beforeEach(async () => {
  ctx = createTestContext<KnownActor>({ kind: 'user', userId: 'usr_a', accountId: createId('acc'), role: 'owner' })
  for (let count = 1; count <= LENGTH; count++) await append(`site_${count}`)
})

const append = (entityId: string, metadata: Record<string, unknown> = { name: 'é "quoted"', n: 1 }) =>
  appendAudit({ ctx, input: { entry: { action: 'site.updated', entityId, metadata }, changes: [] } })
const brokenSeq = async () => (await verifyAuditChain({ ctx })).brokenSeq
const inChain = (seq: number) => and(eq(auditLog.accountId, ctx.actor.accountId), eq(auditLog.seq, seq))
const readAll = () => d1().select().from(auditLog).where(eq(auditLog.accountId, ctx.actor.accountId))

describe('the audit log', () => {
  test('holds who did what, in one unbroken row', async () => {
    const { brokenSeq: broken, head } = await verifyAuditChain({ ctx })
    const rows = await readAll()
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    expect(rows[0]).toMatchObject({
      actor: 'user:usr_a',
      action: 'site.updated',
      entityId: 'site_1',
      requestId: ctx.requestId,
    })
    expect(broken).toBeNull()
    expect(head).toEqual({ seq: LENGTH, hash: rows.at(-1)?.hash })
  })

  test('of an account that did nothing is whole', async () => {
    const actor = { kind: 'system', accountId: createId('acc') } as const
    expect(await verifyAuditChain({ ctx: createTestContext<KnownActor>(actor) })).toEqual({
      brokenSeq: null,
      reason: null,
      head: null,
    })
  })

  test('is read whole, however long', async () => {
    const rows = await readAll()
    const last = rows.at(-1)
    expect(last).toBeDefined()
    for (let count = 0; count < 505; count += 5) {
      await Promise.all([0, 1, 2].map((offset) => append(`site_${count + offset}`)))
    }
    const { brokenSeq: broken, head } = await verifyAuditChain({ ctx })
    expect([broken, head?.seq]).toEqual([null, LENGTH + 303])
  }, 30_000)

  test('takes many writers at once without a gap', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => append(`parallel_${index}`)))
    const { brokenSeq: broken, head } = await verifyAuditChain({ ctx })
    expect([broken, head?.seq]).toEqual([null, LENGTH + 20])
  })

  test('T69 200 writes of one account at once: none fails, and the chain is whole', async () => {
    const owner = await signUpPerson()
    const create = (index: number) =>
      call('POST /api/v1/sites/', { token: owner.token, body: { name: 'S', url: `https://s${index}.example` } })
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => create(index)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 200 }, () => 201))
    const actor = { kind: 'system', accountId: owner.accountId } as const
    const { brokenSeq: broken, head } = await verifyAuditChain({ ctx: createTestContext<KnownActor>(actor) })
    // the first record is that of the account
    expect([broken, head?.seq]).toEqual([null, 201])
  })

  test('records a change with it or not at all', async () => {
    const site = await createSite({ ctx, input: { name: 'S', url: 'https://example.com' } })
    expect((await readAll()).at(-1)).toMatchObject({ action: 'site.created', entityId: site.id })
    const again = createSite({
      ctx: { ...ctx, newId: () => site.id },
      input: { name: 'T', url: 'https://example.com' },
    })
    await expect(again).rejects.toThrow()
    const [stored] = await d1().select({ name: sites.name }).from(sites).where(eq(sites.id, site.id))
    expect(stored).toEqual({ name: 'S' })
    expect((await readAll()).at(-1)).toMatchObject({ action: 'site.created', entityId: site.id })
    expect(await brokenSeq()).toBeNull()
  })

  test('leaves out what a condition says did not happen', async () => {
    const entry = { action: 'site.updated', entityId: 'site_x', when: sql`1 = 0` } as const
    await appendAudit({ ctx, input: { entry, changes: [] } })
    expect(await readAll()).toHaveLength(LENGTH)
    await append('site_y')
    expect(await brokenSeq()).toBeNull()
  })
})

describe('a record that is not sealed yet', () => {
  const unsealed = { actor: 'user:usr_a', action: 'member.added', entityId: 'usr_b', requestId: 'req_x', hash: '' }
  const chain = () => ({ db: d1(), pepper: ctx.config.apiKeyPepper, now: Date.now })
  const forged = () => ({ ...unsealed, accountId: ctx.actor.accountId, seq: LENGTH + 1, createdAt: new Date(1) })

  test('is sealed by the next tick if the request that wrote it ended too early', async () => {
    ctx = { ...ctx, background: () => undefined }
    await verifyAuditChain({ ctx })
    await d1().run(sql`update audit_log set hash = '' where account_id = ${ctx.actor.accountId} and seq > 4`)
    await sealLeftovers(chain(), 1000)
    expect((await readAll()).every(({ hash }) => hash.length === 64)).toBe(true)
    expect(await brokenSeq()).toBeNull()
  })

  test.each([
    ['without a MAC', () => ''],
    ['with a MAC of its own', () => `n.${'0'.repeat(64)}`],
    ['with the MAC of another record', (mac: string) => mac],
  ])('is never sealed if it was added %s', async (_, macOf) => {
    await verifyAuditChain({ ctx })
    const [first] = await readAll()
    await d1()
      .insert(auditLog)
      .values({ ...forged(), metadata: {}, mac: macOf(first?.mac ?? '') })
    expect(await brokenSeq()).toBe(LENGTH + 1)
  })

  test('that can’t be sealed keeps no other account from its turn, and is counted', async () => {
    ctx = { ...ctx, background: () => undefined }
    // more such accounts than one query reads, all of them before the honest one
    const broken = Array.from({ length: 60 }, (_, n) => ({
      ...unsealed,
      accountId: `acc_0${n.toString().padStart(3, '0')}`,
      seq: 1,
      createdAt: new Date(1),
      metadata: {},
      mac: `n.${'0'.repeat(64)}`,
    }))
    for (const row of broken) await d1().insert(auditLog).values(row)
    await d1().run(sql`update audit_log set hash = '' where account_id = ${ctx.actor.accountId} and seq > 4`)
    const counts = await sealLeftovers(chain(), 5)
    expect(counts.sealed).toBeGreaterThanOrEqual(1)
    expect(counts.broken).toBeGreaterThanOrEqual(60)
    expect((await readAll()).every(({ hash }) => hash.length === 64)).toBe(true)
    expect(await brokenSeq()).toBeNull()
  })

  test('is found through the index of unsealed records alone', async () => {
    const { sql: text, params } = selectUnsealed(d1(), '').toSQL()
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${text}`)
      .bind(...params)
      .all<{ detail: string }>()
    expect(plan.results.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^SEARCH audit_log USING COVERING INDEX audit_log_unsealed/),
    ])
  })

  test('is never sealed if it repeats a genuine one', async () => {
    await verifyAuditChain({ ctx })
    const [first] = await readAll()
    expect(first).toBeDefined()
    if (first)
      await d1()
        .insert(auditLog)
        .values({ ...first, seq: LENGTH + 1, hash: '' })
    expect(await verifyAuditChain({ ctx })).toMatchObject({ brokenSeq: LENGTH + 1, reason: 'copied' })
    await d1()
      .delete(auditLog)
      .where(inChain(LENGTH + 1))
    expect(await brokenSeq()).toBeNull()
  })
})

describe('T47 the audit log shows', () => {
  beforeEach(() => verifyAuditChain({ ctx }))

  test.each([
    ['actor', 'user:usr_b'],
    ['action', 'site.deleted'],
    ['entity_id', 'site_2'],
    ['metadata', '{"name":"é \\"quoted\\"","n":2}'],
    ['metadata', '{"name": "é \\"quoted\\"", "n": 1}'],
    ['request_id', 'req_other'],
    ['created_at', 1],
    ['hash', '0'.repeat(64)],
    ['account_id', 'acc_other'],
  ])('a changed %s (%j)', async (column, value) => {
    await d1().run(
      sql`update audit_log set ${sql.identifier(column)} = ${value} where account_id = ${ctx.actor.accountId} and seq = 3`,
    )
    expect(await brokenSeq()).toBe(3)
  })

  test.each([1, 3, 5])('that record %i was removed', async (seq) => {
    await d1().delete(auditLog).where(inChain(seq))
    expect(await brokenSeq()).toBe(seq)
  })

  test('that a removed record’s place was closed', async () => {
    await d1().delete(auditLog).where(inChain(3))
    for (const seq of [4, 5, 6])
      await d1()
        .update(auditLog)
        .set({ seq: seq - 1 })
        .where(inChain(seq))
    expect(await brokenSeq()).toBe(3)
  })

  test('that two records were swapped', async () => {
    for (const [from, to] of [
      [2, 99],
      [4, 2],
      [99, 4],
    ] as const) {
      await d1().update(auditLog).set({ seq: to }).where(inChain(from))
    }
    expect(await brokenSeq()).toBe(2)
  })

  test('a record that was added without the pepper', async () => {
    const [, , row] = await readAll()
    expect(row).toBeDefined()
    if (row)
      await d1()
        .insert(auditLog)
        .values({ ...row, seq: LENGTH + 1 })
    expect(await brokenSeq()).toBe(LENGTH + 1)
  })

  test('a record of another account’s chain', async () => {
    const rows = await readAll()
    ctx = createTestContext<KnownActor>({ kind: 'system', accountId: createId('acc') })
    for (const row of rows)
      await d1()
        .insert(auditLog)
        .values({ ...row, accountId: ctx.actor.accountId })
    expect(await brokenSeq()).toBe(1)
  })

  test('records cut off the end, only against a known head', async () => {
    const { head: knownHead } = await verifyAuditChain({ ctx })
    expect(knownHead).not.toBeNull()
    if (!knownHead) return
    await d1().delete(auditLog).where(inChain(LENGTH))
    expect(await brokenSeq()).toBeNull()
    expect((await verifyAuditChain({ ctx, input: { knownHead } })).brokenSeq).toBe(LENGTH)
    await append('site_instead')
    expect(await brokenSeq()).toBeNull()
    expect((await verifyAuditChain({ ctx, input: { knownHead } })).brokenSeq).toBe(LENGTH)
    const stillThere = await verifyAuditChain({
      ctx,
      input: { knownHead: { ...knownHead, seq: 2, hash: (await readAll())[1]?.hash ?? '' } },
    })
    expect(stillThere.brokenSeq).toBeNull()
  })
})
