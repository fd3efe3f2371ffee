import { expect, test } from 'vitest'
import { editRecord } from '../../../src/site/items/edit.ts'
import { migrateSiteStore } from '../../../src/site/replica/migrations.ts'
import { ResolutionTable } from '../../../src/site/replica/tables/resolutions.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { agreedItem, imported, NOW_MS } from '../items/samples.ts'

const conflict = (title: string) =>
  imported(editRecord(agreedItem({ title: 'A' }), { title }, NOW_MS), { title: 'there' })

test('T64 of an item’s resolutions the newest twenty are kept, and can be undone in turn', () => {
  const database = createSiteDatabase()
  migrateSiteStore(database)
  const table = new ResolutionTable(database)
  table.add(2, conflict('another item'), NOW_MS)
  for (let n = 1; n <= 25; n++) table.add(1, conflict(`title ${n}`), NOW_MS + n)
  const [{ count } = { count: 0 }] = database.rows<{ count: number }>('SELECT count(*) AS count FROM resolutions')
  expect(count).toBe(21)
  const undone: unknown[] = []
  for (let last = table.takeLast(1, NOW_MS); last; last = table.takeLast(1, NOW_MS)) undone.push(last)
  expect(undone).toHaveLength(20)
  expect(table.canUndo(2)).toBe(true)
})
