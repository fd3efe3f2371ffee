import { expect, test } from 'vitest'
import { linkedPosts } from '../../../src/site/items/item-links.ts'

test('names the posts of the items that a body links to, each once', () => {
  const asked: string[] = []
  const postOf = (id: string) => {
    asked.push(id)
    return id === 'item_b' ? null : 7
  }
  const body =
    '<a href="igny8://item/item_a">a</a> <a href="#igny8/item_b">b</a> <a href="igny8://item/item_a">a</a> #igny8/item_c'
  expect(linkedPosts(body, postOf)).toEqual({ item_a: 7, item_c: 7 })
  expect(asked).toEqual(['item_a', 'item_b', 'item_c'])
  expect(linkedPosts('<p>none</p>', postOf)).toEqual({})
})

test('names no more than 200', () => {
  const body = Array.from({ length: 300 }, (_, n) => `igny8://item/item_${n} `).join('')
  expect(Object.keys(linkedPosts(body, () => 1))).toHaveLength(200)
})
