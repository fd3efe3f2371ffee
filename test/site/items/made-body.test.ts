import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { editRecord } from '../../../src/site/items/edit.ts'
import { importPost } from '../../../src/site/items/import.ts'
import { hashBody } from '../../../src/site/items/made-body.ts'
import { planPush } from '../../../src/site/items/push-plan.ts'
import { stateOf, type ItemRecord } from '../../../src/site/items/record.ts'
import { agreedItem, decided, newItem, NOW_MS, post, rules } from './samples.ts'

const HTML = '<p>One</p>'
const BLOCKS = '<!-- wp:paragraph -->\n<p>One</p>\n<!-- /wp:paragraph -->'
const vectors = z
  .array(z.object({ text: z.string(), hash: z.string() }))
  .parse(JSON.parse(readFileSync('test/fixtures/body-hash-vectors.json', 'utf8')))

/** An item whose body was sent as HTML and is `local` meanwhile; the answer is not there yet. */
const sent = (local = HTML): ItemRecord => {
  const item = newItem({ title: 'A', body: HTML })
  return editRecord({ ...item, base: item.local }, { body: local }, NOW_MS)
}
/** The post as the plugin stores it. */
const made = (body = BLOCKS) => ({ ...post({ title: 'A', body }), made_of: body === BLOCKS ? hashBody(HTML) : null })

describe('the blocks that the site makes of our text', () => {
  test.each(vectors)('the hash of “$text” is the one of the plugin', ({ text, hash }) => {
    expect(hashBody(text)).toBe(hash)
  })

  test('become the text of both sides, and nothing is sent again', () => {
    const record = decided(importPost(sent(), made(), rules()))
    expect([record.local.body, record.base?.body, record.external?.body]).toEqual([BLOCKS, BLOCKS, BLOCKS])
    expect([stateOf(record), record.conflictFields, planPush(record)]).toEqual(['synced', [], null])
  })

  test('are no conflict with what was written here meanwhile, which is sent next', () => {
    const record = decided(importPost(sent('<p>Two</p>'), made(), rules()))
    expect(record.conflictFields).toEqual([])
    expect(planPush(record)).toMatchObject({ op: 'update', paths: ['body'], sent: { body: '<p>Two</p>' } })
  })

  test('count as ours whoever brings them: an update whose answer was lost', () => {
    const before = agreedItem({ title: 'A', body: 'old' })
    const edited = editRecord(before, { body: HTML }, NOW_MS)
    const record = decided(importPost(edited, made(), rules()))
    expect([stateOf(record), record.local.body, record.conflictFields]).toEqual(['synced', BLOCKS, []])
  })

  test('are an edit of the site once somebody has changed them there', () => {
    const theirs = BLOCKS.replace('One', 'Three')
    const alone = decided(importPost(sent(), made(theirs), rules()))
    expect([alone.local.body, alone.conflictFields]).toEqual([theirs, []])
    const both = decided(importPost(sent('<p>Two</p>'), made(theirs), rules()))
    expect([both.local.body, both.conflictFields]).toEqual(['<p>Two</p>', ['body']])
  })

  test('are an edit of the site if another text stands here', () => {
    const before = agreedItem({ title: 'A', body: 'old' })
    const record = decided(importPost(editRecord(before, { body: 'ours' }, NOW_MS), made(), rules()))
    expect(record.conflictFields).toEqual(['body'])
  })
})
