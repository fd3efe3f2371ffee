import * as fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Item, ItemCreate, ItemSummary, ItemUpdate } from '../../src/contract/content.ts'
import { PostDocument } from '../../src/contract/content-link.ts'
import type { RunDirection } from '../../src/contract/sync.ts'
import { toItemDoc } from '../../src/site/items/doc.ts'
import { diffDocs } from '../../src/site/items/fields.ts'
import { createItem, getItem, listItems, updateItem } from '../../src/site/replica/content.ts'
import { anyBody, anyDocument, overTheWire } from '../support/any-content.ts'
import { World } from './world.ts'

/**
 * Whatever people write and WordPress stores, on the real path: the contract's schemas, the engine with its tables, the
 * signed link, the model WordPress. `ANY_CONTENT_RUNS=5000` tries more.
 */
const numRuns = Number(process.env['ANY_CONTENT_RUNS'] ?? 25)

vi.setConfig({ testTimeout: 30_000 + numRuns * 200 })
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  vi.spyOn(console, 'info').mockImplementation(() => undefined)
})

async function run(world: World, direction: RunDirection) {
  world.enqueue(direction)
  await world.settle(1_000)
  world.nowMs += 10_000
  const { lastRun, currentRun } = world.store.runsState(world.nowMs)
  expect([currentRun, lastRun?.status, lastRun?.error]).toEqual([null, 'succeeded', null])
}

/** Reads the list and every item of it as the routes answer them. */
function readEverything(world: World): Item[] {
  const { results } = listItems(world.content, {}, null, 1000)
  return results.map((summary) => {
    ItemSummary.parse(overTheWire(summary))
    const item = getItem(world.content, summary.id)
    if (!item.ok) throw new Error(`${summary.id}: ${item.code}`)
    expect(item.value.error?.code).not.toBe('internal_error')
    expect(listItems(world.content, { type: item.value.type }, null, 1000).results).toContainEqual(summary)
    return Item.parse(overTheWire(item.value))
  })
}

/** Whether the API takes the body; what it refuses, it names. */
function accept<T>(schema: { safeParse: (body: unknown) => SafeResult<T> }, body: unknown): T | null {
  const parsed = schema.safeParse(overTheWire(body))
  if (parsed.success) return parsed.data ?? null
  expect(parsed.error?.issues.every(({ path }) => path.length > 0)).toBe(true)
  return null
}
interface SafeResult<T> {
  success: boolean
  data?: T
  error?: { issues: readonly { path: readonly PropertyKey[] }[] }
}

describe('T52 content', () => {
  test('never ends a run with internal_error: what can’t travel is refused or fails alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyBody, { maxLength: 4 }),
        fc.array(anyBody, { maxLength: 3 }),
        async (bodies, edits) => {
          const world = new World(1)
          await world.connect()
          const plain = createItem(world.content, { type: 'post', title: 'Plain', body: 'x', status: 'publish' })
          const ids = bodies.flatMap((body) => {
            const input = accept(ItemCreate, { title: 'T', ...body })
            const made = input && createItem(world.content, input)
            return made?.ok ? [made.value.id] : []
          })
          await run(world, 'both')
          for (const [index, edit] of edits.entries()) {
            const [id, input] = [ids[index % Math.max(1, ids.length)], accept(ItemUpdate, edit)]
            if (id && input) updateItem(world.content, id, input)
          }
          await run(world, 'both')
          const items = readEverything(world)
          expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(ids))
          if (!plain.ok) throw new Error(plain.code)
          expect(items.find(({ id }) => id === plain.value.id)?.state).toBe('synced')
        },
      ),
      { numRuns },
    )
  })

  test('with a key that JavaScript can’t keep is refused with its path, and not dropped', () => {
    const meta = JSON.parse('{"__proto__":"x","a":"y"}') as unknown
    const refused = ItemCreate.safeParse({ title: 'T', meta })
    expect(refused.error?.issues.map(({ path }) => path.join('.'))).toEqual(['meta.__proto__'])
  })
})

describe('T53 documents that WordPress can store', () => {
  test('are imported and listed as they are, or fail alone with a reason; every list and item can be read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyDocument, { minLength: 1, maxLength: 6 }), async (documents) => {
        const world = new World(1)
        await world.connect()
        const sent = documents.map((document, index) => {
          const modified: unknown = document['modified']
          const known = { id: index + 1, type: 'post', modified: Number.isInteger(modified) ? modified : 1 }
          return Object.assign({}, document, known)
        })
        const data = { items: sent, next: null, total: sent.length, site_time: world.wordpress.site.timeS() }
        world.wordpress.faults = {
          command: ({ name, args }) => {
            if (name === 'index' && args['type'] === 'post') return { kind: 'data', data }
            const ids = name === 'fetch' ? (args['ids'] as number[]) : []
            const found = sent.filter(({ id }) => ids.includes(id))
            return name === 'fetch' ? { kind: 'data', data: { items: found, missing: [] } } : null
          },
        }
        await run(world, 'from_external')
        const listed = readEverything(world)
        expect(listed.map(({ external_id: id }) => Number(id)).toSorted((a, b) => a - b)).toEqual(
          sent.map(({ id }) => id),
        )
        for (const raw of sent) {
          const record = world.store.replica.items.getByExternalId(raw.id)
          if (!record) throw new Error(`no item of post ${raw.id}`)
          if (record.error) {
            expect(record.error).toMatchObject({
              code: expect.stringMatching(/^(invalid_|item_too)/),
              fix: expect.any(String),
            })
            continue
          }
          const shown = PostDocument.parse(overTheWire(raw))
          expect(diffDocs(toItemDoc(shown), record.local)).toEqual([])
          expect(Object.keys(record.local.meta).toSorted()).toEqual(
            Object.keys(overTheWire(raw['meta']) as object).toSorted(),
          )
          expect(Object.keys(record.local.terms).toSorted()).toEqual(
            Object.keys(overTheWire(raw['terms']) as object).toSorted(),
          )
        }
        // a second import of the same changes nothing, and what is listed can be edited
        await run(world, 'from_external')
        for (const { id } of listed) updateItem(world.content, id, { title: 'Edited' })
        readEverything(world)
      }),
      { numRuns },
    )
  })
})
