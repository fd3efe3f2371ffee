import { describe, expect, test } from 'vitest'
import { apply, applied, count, create } from './applying.ts'
import { fetchOne } from './common.ts'
import { newId, type Subject } from './subject.ts'

function copies(get: () => Subject): void {
  const createOnce = async (title: string) => {
    const input = { op: 'create', item_id: newId('item'), fields: { title, status: 'publish' } }
    return { input, made: await applied(get(), input) }
  }

  test('T55 a copy with all meta names no item, and the post keeps its own', async () => {
    const { input, made } = await createOnce('Copied')
    const [copy] = await get().arrange({ op: 'copy', id: made.id })
    expect(await fetchOne(get(), copy)).toMatchObject({ title: 'Copied', item_id: null, unfinished: false })
    expect((await fetchOne(get(), made.id)).item_id).toBe(input.item_id)
  })

  test('T55 a repeated create answers the post itself, never a copy', async () => {
    const { input, made } = await createOnce('Repeated and copied')
    const [copy] = await get().arrange({ op: 'copy', id: made.id })
    const again = await apply(get(), input)
    expect(again).toMatchObject({ created: false, is_linked: true, item: { id: made.id } })
    await get().arrange({ op: 'delete', id: made.id })
    const before = await count(get())
    const anew = await apply(get(), input)
    expect(anew).toMatchObject({ created: true, item: { item_id: input.item_id } })
    expect([made.id, copy]).not.toContain(anew.item?.id)
    expect(await count(get())).toBe(Number(before) + 1)
  })

  test('T55 meta that was put on another post claims nothing', async () => {
    const itemId = newId('item')
    const other = await create(get(), { title: 'Somebody’s own' })
    await get().arrange({ op: 'set_meta', id: other.id, key: '_igny8_item_id', value: itemId })
    await get().arrange({ op: 'set_meta', id: other.id, key: '_igny8_unfinished', value: '1' })
    const data = await apply(get(), { op: 'create', item_id: itemId, fields: { title: 'New' } })
    expect(data).toMatchObject({ created: true, item: { title: 'New' } })
    expect(data.item?.id).not.toBe(other.id)
    expect((await fetchOne(get(), other.id)).title).toBe('Somebody’s own')
  })
}

/** Which post is an item's (docs/protocol-content.md). */
export function describeIdentity(get: () => Subject): void {
  describe('copies', () => copies(get))
}
