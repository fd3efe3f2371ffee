import { describe, expect, test } from 'vitest'
import { isPassing } from '../../src/db/errors.ts'
import { isRepeatable } from '../../src/db/repeatable.ts'

describe('a statement may run twice', () => {
  test.each([
    'select "id" from "sites" where "sites"."id" = ?',
    'delete from "sites" where "id" in (select "id" from "sites" limit ?)',
    'update "sites" set "name" = ?, "updated_at" = ? where ("id" = ? and "account_id" = ?)',
    'update "sites" set "error" = null',
    'insert into "ticks" ("cron", "at") values (?, ?) on conflict ("ticks"."cron") do update set "at" = ?',
    'insert into "a" ("id", "n") values (?, ?) on conflict ("id") do update set "n" = excluded."n" where "a"."n" < ?',
    'insert into "a" ("id") select "id" from "b" on conflict do nothing',
  ])('%s', (sql) => expect(isRepeatable(sql)).toBe(true))
})

describe('a statement may not run twice', () => {
  test.each([
    ['a plain insert violates its key', 'insert into "sites" ("id", "name") values (?, ?)'],
    ['a counter counts twice', 'update "mail_limits" set "sent" = "sent" + 1 where "email" = ?'],
    ['a computed value', 'update "a" set "n" = ?, "m" = coalesce("m", ?) where "id" = ?'],
    ['a compare-and-set finds nothing', 'update "a" set "n" = ? where "n" = ? returning "id"'],
    ['a deletion that says what it deleted', 'delete from "a" where "id" = ? returning "id"'],
    ['an upsert that counts', 'insert into "a" ("id") values (?) on conflict ("id") do update set "n" = "a"."n" + 1'],
    ['an upsert that returns', 'insert into "a" ("id") values (?) on conflict do nothing returning "id"'],
    ['what is not known', 'with "x" as (select 1) update "a" set "n" = ?'],
  ])('%s', (_why, sql) => expect(isRepeatable(sql)).toBe(false))
})

test('a fault passes by itself if D1 says so, through all causes', () => {
  const wrapped = (message: string) => new Error('Failed query', { cause: new Error(`D1_ERROR: ${message}`) })
  for (const message of [
    'Network connection lost.',
    'D1 DB reset because its code was updated.',
    'Internal error in D1 DB storage caused object to be reset.',
    'Cannot resolve D1 DB due to transient issue on remote node.',
    'D1 DB storage operation exceeded timeout which caused object to be reset.',
    'D1 DB is overloaded. Too many requests queued.',
  ])
    expect([message, isPassing(wrapped(message))]).toEqual([message, true])
  for (const message of ['UNIQUE constraint failed: sites.id', 'no such table: nothing', 'too many SQL variables'])
    expect([message, isPassing(wrapped(message))]).toEqual([message, false])
})
