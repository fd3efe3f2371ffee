import { describe, expect, test } from 'vitest'
import { editRecord } from '../../../src/site/items/edit.ts'
import { mergeDocs } from '../../../src/site/items/merge.ts'
import { planPush } from '../../../src/site/items/push-plan.ts'
import { stateOf } from '../../../src/site/items/record.ts'
import {
  OVERDUE_MS,
  overdueSince,
  publishOverdue,
  scheduleFault,
  applySchedule,
  verifyAt,
} from '../../../src/site/items/schedule.ts'
import { agreedItem, doc, imported, newItem, NOW_MS } from './samples.ts'

const at = (aheadMs: number) => new Date(NOW_MS + aheadMs).toISOString()
const HOUR_MS = 3_600_000
const [PAST, NOW, SOON, NEXT, LATER] = [at(-HOUR_MS), at(0), at(30_000), at(HOUR_MS), at(2 * HOUR_MS)]

type Schedule = Partial<{ status: string; date: string | null }>

describe('T56 an editor’s change of status and date', () => {
  test.each<[string, Schedule, Schedule, Schedule]>([
    ['publishes an undated draft at the site’s own time', { status: 'draft' }, { status: 'publish' }, { date: null }],
    ['publishes a draft with its past date', { status: 'draft', date: PAST }, { status: 'publish' }, { date: PAST }],
    [
      'publishes a draft that has a date to come now',
      { status: 'draft', date: NEXT },
      { status: 'publish' },
      { date: NOW },
    ],
    ['publishes a scheduled item now', { status: 'future', date: NEXT }, { status: 'publish' }, { date: NOW }],
    [
      'publishes it now without a date',
      { status: 'future', date: NEXT },
      { status: 'publish', date: null },
      { date: NOW },
    ],
    ['publishes with a past date', { status: 'draft' }, { status: 'publish', date: PAST }, { date: PAST }],
    ['takes a date within a minute for now', { status: 'draft' }, { status: 'publish', date: SOON }, { date: SOON }],
    ['schedules', { status: 'draft' }, { status: 'future', date: NEXT }, {}],
    ['schedules for a date that is stored', { status: 'draft', date: NEXT }, { status: 'future' }, {}],
    ['schedules what is published with a date to come', {}, { status: 'publish', date: NEXT }, { status: 'future' }],
    [
      'schedules again what is moved to the future',
      { status: 'publish', date: PAST },
      { date: NEXT },
      { status: 'future' },
    ],
    ['moves a scheduled item', { status: 'future', date: NEXT }, { date: LATER }, {}],
    ['keeps the date of a published item', { status: 'publish', date: PAST }, { date: null }, {}],
    ['unschedules and keeps the date', { status: 'future', date: NEXT }, { status: 'draft' }, {}],
    ['makes private and keeps the date', { status: 'future', date: NEXT }, { status: 'private' }, {}],
    ['puts into review and keeps the date', { status: 'future', date: NEXT }, { status: 'pending' }, {}],
    ['dates a draft in the past', { status: 'draft', date: NEXT }, { date: PAST }, {}],
    ['publishes a missed item with its date', { status: 'future', date: PAST }, { status: 'publish' }, { date: PAST }],
    ['leaves a missed item that only is sent as it was', { status: 'future', date: PAST }, { status: 'future' }, {}],
    ['leaves the status of a site', { status: 'draft' }, { status: 'archived' }, {}],
  ])('%s', (_name, before, patch, more) => {
    expect(applySchedule(doc(before), patch, NOW_MS)).toEqual({ ...patch, ...more })
  })

  test.each<[string, Schedule, Schedule]>([
    ['scheduling without a date', { status: 'draft' }, { status: 'future' }],
    ['scheduling what is live', { status: 'publish', date: PAST }, { status: 'future' }],
    ['scheduling for a date that has passed', { status: 'draft' }, { status: 'future', date: PAST }],
    ['scheduling for now', { status: 'draft' }, { status: 'future', date: NOW }],
    ['moving a scheduled item into the past', { status: 'future', date: NEXT }, { date: PAST }],
    ['taking away its date', { status: 'future', date: NEXT }, { date: null }],
  ])('is refused: %s', (_name, before, patch) => {
    expect(applySchedule(doc(before), patch, NOW_MS)).toEqual({ refused: expect.any(String) })
  })
})

describe('T56 an item whose time has passed', () => {
  const late = NOW_MS + 2 * HOUR_MS

  test('before it was sent is published with that date, and says when', () => {
    for (const before of [
      newItem({ status: 'future', date: NEXT }),
      editRecord(agreedItem(), { status: 'future', date: NEXT }, NOW_MS),
    ]) {
      expect(publishOverdue(before, NOW_MS)).toBe(before)
      const record = publishOverdue(before, late)
      expect(record).toMatchObject({ publishedLateAt: late, revision: before.revision + 1 })
      expect(planPush(record)?.sent).toMatchObject({ status: 'publish', date: NEXT })
      const live = imported(record, { ...record.local })
      expect([stateOf(live), live.publishedLateAt]).toEqual(['synced', late])
      expect(editRecord(live, { title: 'x' }, late).publishedLateAt).toBe(late)
      expect(editRecord(live, { status: 'draft' }, late).publishedLateAt).toBeNull()
      expect(imported(live, { ...live.local, status: 'draft' }).publishedLateAt).toBeNull()
    }
  })

  test('is left to the site that has scheduled it, whatever else is sent', () => {
    const before = editRecord(agreedItem({ status: 'future', date: NEXT }), { title: 'New' }, NOW_MS)
    expect(publishOverdue(before, late)).toBe(before)
    expect(planPush(before)?.paths).toEqual(['title'])
  })

  test('is overdue after five minutes, and is fetched then', () => {
    const item = agreedItem({ status: 'future', date: NEXT })
    const due = Date.parse(NEXT)
    expect([overdueSince(item, due), overdueSince(item, due + OVERDUE_MS)]).toEqual([null, NEXT])
    expect(overdueSince(agreedItem({ status: 'publish', date: PAST }), late)).toBeNull()
    expect(overdueSince({ ...item, deletion: 'both' }, late)).toBeNull()
    expect(verifyAt(item, NOW_MS)).toBe(due + OVERDUE_MS + 60_000)
    expect(verifyAt(item, late)).toBe(late + OVERDUE_MS + 60_000)
    expect(verifyAt(newItem({ status: 'future', date: NEXT }), NOW_MS)).toBeNull()
  })

  test('can’t be one side’s choice', () => {
    expect(scheduleFault(doc({ status: 'future', date: PAST }), NOW_MS)).toMatch(/has passed/)
    expect(scheduleFault(doc({ status: 'future', date: NEXT }), NOW_MS)).toBeNull()
    expect(scheduleFault(doc({ status: 'publish', date: PAST }), NOW_MS)).toBeNull()
  })
})

describe('T56 status and date of a scheduled item are one decision', () => {
  test.each<[string, Schedule, Schedule, Schedule]>([
    [
      'scheduled there, dated here',
      { status: 'draft', date: NEXT },
      { status: 'draft', date: PAST },
      { status: 'future', date: NEXT },
    ],
    [
      'moved here, gone live there',
      { status: 'future', date: NEXT },
      { status: 'future', date: LATER },
      { status: 'publish', date: NEXT },
    ],
    [
      'unscheduled here, moved there',
      { status: 'future', date: NEXT },
      { status: 'draft', date: NEXT },
      { status: 'future', date: LATER },
    ],
  ])('%s: both are a conflict, seen from either side', (_name, base, local, external) => {
    for (const [here, there] of [
      [local, external],
      [external, local],
    ] as const) {
      const merged = mergeDocs(doc(base), doc(here), doc(there))
      expect(merged.conflicts.toSorted()).toEqual(['date', 'status'])
      expect(merged.doc).toEqual(doc(here))
      expect(merged.toPush).toEqual([])
      expect(mergeDocs(doc(base), merged.doc, doc(there))).toEqual(merged)
    }
  })

  test('what one side alone changed is taken, and the same date on both is no conflict', () => {
    const base = doc({ status: 'future', date: NEXT })
    const moved = { ...base, date: LATER }
    expect(mergeDocs(base, { ...base, title: 'x' }, moved)).toMatchObject({
      conflicts: [],
      doc: { ...moved, title: 'x' },
    })
    expect(mergeDocs(base, moved, { ...moved, status: 'publish' })).toMatchObject({
      conflicts: [],
      doc: { status: 'publish' },
    })
  })
})
