import { describe, expect, test } from 'vitest'
import { importPost } from '../../../src/site/items/import.ts'
import { relocate } from '../../../src/site/replica/relocate.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { NOW_MS, post, rules } from '../items/samples.ts'

const OLD = 'https://old.example.org'

/** A store with one item of a post at this address, with an image. */
function storeWith(url: string, image: string, contents = {}) {
  const store = new SiteStore(createSiteDatabase())
  const decision = importPost(null, post({ ...contents, featured: { url: image, alt: '' } }, { url }), rules())
  if (decision) store.replica.items.save(decision.record)
  store.replica.media.save('hash', 9, image)
  const read = () => {
    const item = store.replica.items.getByExternalId(12)
    return [item?.externalUrl, item?.local.featured?.url, store.replica.media.get('hash')?.url]
  }
  return { store, read }
}

const IMAGE = '/wp-content/uploads/a.jpg'
const at = (root: string) => [`${root}/hello/`, root + IMAGE, root + IMAGE]

describe('T33 the links of a site that has moved', () => {
  test.each([
    ['to another domain', OLD, 'https://new.example.net'],
    ['into a folder', OLD, `${OLD}/blog`],
    ['out of a folder', `${OLD}/blog`, OLD],
    ['from one folder into another', `${OLD}/a`, `${OLD}/b`],
  ])('%s are moved, and a repeat changes nothing', (_name, from, to) => {
    const { store, read } = storeWith(`${from}/hello/`, from + IMAGE)
    for (let n = 0; n < 2; n++) {
      relocate(store, [from, `${from}/`], to, NOW_MS)
      expect(read()).toEqual(at(to))
    }
  })

  test('are moved from http and www too, with plain permalinks, but not from an address that only starts alike', () => {
    const to = 'https://new.example.net'
    for (const [url, expected] of [
      ['http://www.old.example.org/hello/', `${to}/hello/`],
      ['https://old.example.org?p=12', `${to}?p=12`],
      ['https://old.example.org.evil.net/x', 'https://old.example.org.evil.net/x'],
    ]) {
      const { store, read } = storeWith(url ?? '', 'https://cdn.example.net/a.jpg')
      relocate(store, [OLD], to, NOW_MS)
      expect(read()).toEqual([expected, 'https://cdn.example.net/a.jpg', 'https://cdn.example.net/a.jpg'])
    }
  })

  test('are moved without a change to the content: bodies, and meta with URLs', () => {
    const contents = {
      body: `"url":"${OLD}/x" <img src="${OLD}/a.jpg"> \u0000 \ud83d`,
      meta: { gallery: [{ url: `${OLD}/wp-content/b.jpg` }] },
    }
    const { store } = storeWith(`${OLD}/hello/`, 'https://cdn.example.net/a.jpg', contents)
    const before = store.replica.items.getByExternalId(12)
    relocate(store, [OLD], 'https://new.example.net', NOW_MS)
    expect(store.replica.items.getByExternalId(12)).toEqual({
      ...before,
      externalUrl: 'https://new.example.net/hello/',
    })
  })

  test('bring a drift check forward, but not before the first sync', () => {
    const { store } = storeWith(`${OLD}/hello/`, OLD + IMAGE)
    relocate(store, [OLD], 'https://new.example.net', NOW_MS)
    expect(store.driftChecks.dueAt()).toBeNull()
    store.driftChecks.plan(NOW_MS + 86_400_000)
    relocate(store, [OLD], 'https://new.example.net', NOW_MS)
    expect(store.driftChecks.dueAt()).toBe(NOW_MS + 60_000)
  })
})
